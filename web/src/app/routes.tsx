import { type ComponentType, lazy } from "react";

/** A page in a chunk of its own, loaded when its address is opened. */
function page(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}

const Home = page(async () => (await import("../home/HomePage.tsx")).HomePage);
const Chain = page(async () => (await import("../avatar/ChainPage.tsx")).ChainPage);
const Profile = page(async () => (await import("../profile/ProfilePage.tsx")).ProfilePage);
const Me = page(async () => (await import("../me/MePage.tsx")).MePage);
const Bind = page(async () => (await import("../bind/BindPage.tsx")).BindPage);
const Keys = page(async () => (await import("../me/KeysPage.tsx")).KeysPage);
const Session = page(async () => (await import("../me/SessionPage.tsx")).SessionPage);
const Graph = page(async () => (await import("../graph/GraphPage.tsx")).GraphPage);
const Activity = page(async () => (await import("../activity/ActivityPage.tsx")).ActivityPage);
const Operator = page(async () => (await import("../operator/OperatorPage.tsx")).OperatorPage);
const Settings = page(async () => (await import("../settings/SettingsPage.tsx")).SettingsPage);

/** The addresses of the page, the first that matches. Read parameters with `useParam` of `location.ts`. */
export const ROUTES: readonly (readonly [path: string | RegExp, page: ComponentType])[] = [
  ["/", Home],
  ["/avatar/:key/chain", Chain],
  ["/avatar/:key", Profile],
  // Some programs that pass an address on encode the sign: the API's pages take both.
  [/^\/(?:@|%40)(?<identity>[^/]+)\/?$/i, Profile],
  ["/me", Me],
  ["/me/bind/:platform?", Bind],
  ["/me/keys", Keys],
  ["/me/session", Session],
  ["/graph/:platform/:identity", Graph],
  ["/activity", Activity],
  ["/operator", Operator],
  ["/settings", Settings],
];

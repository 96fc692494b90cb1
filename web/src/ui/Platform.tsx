import i18next from "i18next";

import { Icon, type IconName } from "./icons.tsx";

/** How platforms write themselves, and the kind of their proof. Names are not translated; an avatar's is a word of ours. */
const PLATFORMS: Readonly<Record<string, readonly [name: string | null, icon: IconName]>> = {
  ethereum: ["Ethereum", "wallet"],
  solana: ["Solana", "wallet"],
  nextid: [null, "key"],
  dns: ["DNS", "domain"],
  ens: ["ENS", "domain"],
  dotbit: [".bit", "domain"],
  github: ["GitHub", "post"],
  twitter: ["X", "post"],
  telegram: ["Telegram", "post"],
  discord: ["Discord", "post"],
  slack: ["Slack", "post"],
  activitypub: ["Fediverse", "post"],
  tiktok: ["TikTok", "post"],
  minds: ["Minds", "post"],
  steam: ["Steam", "post"],
  keybase: ["Keybase", "post"],
};

/** Whether it is one that this page knows, and not somebody's own making under a name that looks like one. */
export function isKnownPlatform(platform: string): boolean {
  return Object.hasOwn(PLATFORMS, platform);
}

/** How a platform writes itself; what others made up is shown as it came. */
export function platformName(platform: string): string {
  return Object.hasOwn(PLATFORMS, platform) ? (PLATFORMS[platform]![0] ?? i18next.t("avatar")) : platform;
}

/** An icon of the kind of proof that a platform's bindings rest on: a wallet's signature, a domain, a post. */
export function PlatformIcon({ platform, size = 18 }: { platform: string; size?: number }) {
  return <Icon name={Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform]![1] : "question"} size={size} />;
}

/**
 * A platform's icon and name. Anybody can bind on a platform of their own making, straight on chain, and call it "GitHub": what is
 * not known is set like code.
 */
export function Platform({ platform }: { platform: string }) {
  const known = Object.hasOwn(PLATFORMS, platform);
  return (
    <span className="platform">
      <PlatformIcon platform={platform} />
      {known ? <span>{platformName(platform)}</span> : <bdi className="key">{platform}</bdi>}
    </span>
  );
}

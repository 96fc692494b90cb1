/** Where posts are written; on the fediverse, at the account's own host. A server names no other place to send users to. */
const HOSTS = new Set([
  "app.ens.domains",
  "gist.github.com",
  "steamcommunity.com",
  "t.me",
  "www.minds.com",
  "www.tiktok.com",
  "x.com",
]);

/**
 * Where a browser publishes a text, as `GET /v1/platforms` has it in `compose`; null where it is no address of https at a place
 * that is known for it, or would have anything else filled in than the post. What fills the slots is percent-encoded, but for the
 * host, which must be one.
 */
export function composeHref(compose: string, { post, identity }: { post: string; identity: string }): string | null {
  const host = identity.split("@").at(-1)!;
  if (compose.includes("{host}") && !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host)) return null;
  const slots: Record<string, string> = {
    post: encodeURIComponent(post),
    identity: encodeURIComponent(identity),
    host,
  };
  const url = URL.parse(compose.replace(/\{(\w+)\}/g, (slot, name: string) => slots[name] ?? slot));
  const isPlain = url?.protocol === "https:" && url.username === "" && url.password === "" && url.port === "";
  if (!isPlain || !(compose.includes("{host}") ? url.host === host : HOSTS.has(url.host))) return null;
  const filled = [...url.searchParams.values()];
  const isPostAlone = filled.length === 1 && filled[0] === post && url.hash === "";
  const isBlank = filled.every((value) => /^\w{0,16}$/.test(value));
  return (compose.includes("{post}") ? isPostAlone : isBlank) ? url.href : null;
}

/**
 * The languages of a post, the reader's own first where the platform has it, else `default`. Next.ID writes them `zh_CN` or
 * `zh-CN`; one language comes once.
 */
export function languagesOf(contents: Readonly<Record<string, string>>, reader: string): string[] {
  const { default: byDefault, ...translated } = contents;
  const languages = Object.keys(translated);
  // What says the same as another is no choice.
  const others = languages.filter((language) => translated[language] !== byDefault);
  const own = others.find((language) => language.split(/[-_]/)[0] === reader);
  return own === undefined ? ["default", ...others] : [own, "default", ...others.filter((other) => other !== own)];
}

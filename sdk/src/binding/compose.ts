/**
 * Where a browser publishes a text, as `GET /v1/platforms` has it in `compose`; null where it is no address of https.
 * What fills the slots is percent-encoded, but for the host, which must be one.
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
  return isPlain ? url.href : null;
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

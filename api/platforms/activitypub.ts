import { type Element, hasClass, parseHtml, textOf } from "./markup.ts";
import { hostName, lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readPostProofs } from "./published.ts";
import type { Post } from "./types.ts";

const USER = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?";
const HOST = "(?:[A-Za-z0-9.-]|[^\\u0000-\\u007f\\s]){1,253}";

/** An account of the fediverse, by a public note of its own. Its id is the actor's, which outlives a change of the name. */
export const activitypub = definePlatform({
  id: "activitypub",
  name: "ActivityPub",
  identity: {
    rule: "an account of the fediverse, user@host",
    shapes: [
      new RegExp(`^(?:acct:|@)?(${USER}@${HOST})$`),
      // The address of a profile, as most software has it.
      new RegExp(`^(?:https?://)?(${HOST}/@${USER})/?$`),
    ],
    normalForm: accountName,
  },
  // RFC 7565.
  uri: (account) => `acct:${account}`,
  // Mastodon's, and Misskey's share form.
  compose: "https://{host}/share?text={post}",
  location: {
    rule: "the address of a note, or its id on the account's server",
    shapes: [/^(https:\/\/[!-[\]-~]{1,1024})$/, /^([0-9A-Za-z]{8,32})$/],
    normalForm: noteAddress,
    // Who brings a link on chain may name any server: readers are sent to none but the account's.
    uri: (account, note) => (URL.parse(note)?.hostname === account.split("@")[1] ? note : null),
  },
  template:
    "Validate my ActivityPub identity @{typed_identity} for Avatar {avatar}:\n\nSignature: %SIG_BASE64%\nUUID: {uuid}\nPrevious: {prev}\nCreatedAt: {created_at}\n\nPowered by Next.ID - Connect All Digital Identities.\n",
  lookup: { kind: "activitypub", extract: readNote },
  readProof: (text) =>
    readPostProofs(text, {
      signature: /\bSignature:[^\S\n]*(\S*)/g,
      uuid: /\bUUID:[^\S\n]*(\S+)/,
      prev: /\bPrevious:[^\S\n]*(\S*)/,
      createdAt: /\bCreatedAt:[^\S\n]*(\d+)/,
    }),
});

/** No software tells users apart by case; hosts are as DNS has them. */
function accountName(value: string): string | null {
  const [host, path] = value.split("/@");
  const [user, typedHost] = path === undefined ? value.split("@") : [path, host];
  const name = hostName(typedHost!);
  return name === null ? null : `${lowerCase(user!)}@${name}`;
}

/** An https URL of a host name as WHATWG parsers print it, without its fragment; or a bare id as it is. */
function noteAddress(value: string): string | null {
  if (!value.startsWith("https:")) return value;
  const url = URL.parse(value);
  if (url === null || url.username !== "" || url.password !== "" || url.port !== "") return null;
  url.hash = "";
  return url.pathname !== "/" && hostName(url.hostname) === url.hostname ? url.href : null;
}

function readNote(note: Readonly<Record<string, unknown>>, { handle, id }: { handle: string; id: string }): Post {
  const { content, published, updated } = note;
  return {
    noun: "the note",
    handle,
    accountId: id,
    title: "note",
    facts: Object.fromEntries(
      Object.entries({ published, updated }).filter((fact): fact is [string, string] => typeof fact[1] === "string"),
    ),
    several: false,
    ...(typeof content === "string"
      ? { texts: [textOf(parseHtml(content), isForeign)] }
      : { texts: [], absence: "the note has no text" }),
  };
}

/** What shows another's words: quotes, code, and the link that a quoting post ends with for software without quotes. */
function isForeign(element: Element): boolean {
  return /^(?:blockquote|q|pre|code)$/.test(element.tagName) || hasClass(element, "quote-inline");
}

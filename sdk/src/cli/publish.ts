import { type Binding, composeHref, languagesOf } from "../binding/index.ts";
import type { PlatformInfo } from "../client/index.ts";
import type { Context } from "./context.ts";
import { usageError } from "./errors.ts";
import { oneLine } from "./output.ts";
import { isLocation } from "./platforms.ts";
import { readLine } from "./prompt.ts";

/** Where a post goes, to be followed by it. What is not here is published as a text on the platform. */
const PLACES: Readonly<Record<string, (identity: string) => string>> = {
  github: (login) => `Publish a public gist as ${login} (https://gist.github.com), one file of this name and content:`,
  dns: (domain) => `Add this TXT record to ${domain}; it may take some minutes until it is seen everywhere:`,
  ens: (name) => `Set the text record id.next.proof of ${name} to this:`,
  dotbit: (name) => `Set the record nextid in the profile of ${name} to this:`,
  telegram: (channel) => `Post this in the public channel ${channel}:`,
  discord: (user) => `Write this as ${user} in a channel that the node's bot reads:`,
  slack: (user) => `Write this as ${user} in a channel that the node's app reads:`,
  activitypub: (account) => `Publish this as a public note of ${account}:`,
  tiktok: (handle) => `Put this into the title of a video of ${handle}:`,
  steam: (id) => `Put this into the summary of the profile ${id}:`,
  keybase: (user) => `Put this into the bio of ${user}:`,
};

/** Shows what is to be published, where, and the page that has it filled in. */
export function showPost(
  { output }: Context,
  binding: Binding,
  platform: PlatformInfo | null,
  language: string | undefined,
): void {
  const { post, location } = binding.publishing!;
  const { platform: id, identity } = binding.link;
  const languages = languagesOf(post.contents, "");
  const chosen = language ?? "default";
  const content = Object.hasOwn(post.contents, chosen) ? post.contents[chosen] : undefined;
  if (content === undefined) {
    throw usageError(`there is no post in ${JSON.stringify(language)}: there is ${languages.join(", ")}`);
  }
  const compose = platform?.compose ? composeHref(platform.compose, { post: content, identity }) : null;
  const rule = location.needed ? location.rule : null;
  const common = { platform: id, identity, language: chosen, languages, content, compose, location: rule };
  const place = PLACES[id]?.(identity) ?? `Post this as ${identity} on ${oneLine(platform?.name ?? id)}:`;
  const page = platform?.compose?.includes("{post}") ? "this page has it filled in" : "this is the page for it";
  output.note(compose === null ? place : `${place}\n(${page}: ${compose})`);
  if (languages.length > 1 && language === undefined)
    output.note(`(also in ${oneLine(languages.slice(1).join(", "))}: --language)`);
  if (post.file !== undefined) {
    output.result(`${post.file}\n\n${content}`, { publish: "gist", ...common, file: post.file });
  } else if (post.txt) {
    // As a zone file has them (RFC 1035, section 5.1).
    const strings = post.txt.map((piece) => `"${piece.replace(/["\\]/g, String.raw`\$&`)}"`);
    const record = { name: identity, record: content, strings };
    output.result(`${identity}. 300 IN TXT ${strings.join(" ")}`, { publish: "txt", ...common, ...record });
  } else {
    output.result(content, { publish: "post", ...common });
  }
}

/** Where the post is: as it was given, or as the user says who has published it. */
export async function locatePost(
  { signal }: Context,
  binding: Binding,
  platform: PlatformInfo | null,
  given: string | undefined,
): Promise<string> {
  const { needed, rule } = binding.publishing!.location;
  if (!needed && given === undefined) return "";
  const location = given ?? binding.proofLocation ?? "";
  const told = (location || (await readLine(`Where is it? ${capital(rule)}:`, signal))) ?? "";
  const typed = told.trim();
  if (typed === "") throw usageError(`where it is published has to be told: --location with ${rule}`);
  if (platform && !isLocation(typed, platform)) throw usageError(`${JSON.stringify(typed)} is not ${rule}`);
  return typed;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

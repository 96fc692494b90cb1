import { signText } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { type Draft, type Wish, identityOf, requestDraft } from "../draft.ts";
import { usageError } from "../errors.ts";
import { avatarKey } from "../keys.ts";
import { dropDraft, keepDraft } from "../pending.ts";
import { gistContent, txtRecord, txtStrings } from "../post.ts";
import { readLine } from "../prompt.ts";
import { LinkRefused, type Patience, reportLink, submissionOf, submitWhenPublished } from "../submit.ts";

/** How one platform's post is made and found. */
interface PostKind {
  platform: "github" | "dns";
  /** What to publish, checked against the draft, with the signature in it. */
  content: (draft: Draft, signature: string) => string;
  /** Shows it to the user. */
  show: (context: Context, draft: Draft, content: string) => void;
  /** Where it is, once the user knows. */
  locate: () => Promise<string>;
}

/** `syngraph bind github <login>`: a public gist of the account. */
export function bindGithub(context: Context, login: string, options: Patience & { gist?: string }): Promise<void> {
  const given = options.gist === undefined ? undefined : gistId(options.gist);
  return bindPost(context, login, options, {
    platform: "github",
    content: gistContent,
    show: ({ output }, { link }, content) => {
      const file = `${link.avatar}.json`;
      output.note(
        `Publish a public gist as ${link.identity} (https://gist.github.com), one file of this name and content:`,
      );
      output.result(`${file}\n\n${content}`, { publish: "gist", file, content });
    },
    locate: async () => given ?? gistId((await readLine("Address of the gist: ", context.signal)) ?? ""),
  });
}

/** `syngraph bind dns <domain>`: a TXT record at the domain's own name. */
export function bindDns(context: Context, domain: string, patience: Patience): Promise<void> {
  return bindPost(context, domain, patience, {
    platform: "dns",
    content: txtRecord,
    show: ({ output }, { link }, record) => {
      const strings = txtStrings(record);
      output.note(`Add this TXT record to ${link.identity}; it may take some minutes until it is seen everywhere.`);
      output.result(`${link.identity}. 300 IN TXT ${strings.join(" ")}`, {
        publish: "txt",
        name: link.identity,
        record,
        strings,
      });
    },
    locate: () => Promise.resolve(""),
  });
}

async function bindPost(context: Context, typed: string, patience: Patience, kind: PostKind): Promise<void> {
  const identity = identityOf(kind.platform, typed);
  const avatar = await avatarKey(context);
  const wish: Wish = { action: "create", platform: kind.platform, identity, avatar: avatar.publicKey };
  const draft = await keepDraft(context, await requestDraft(context, wish));
  kind.show(context, draft, kind.content(draft, signText(avatar.privateKey, draft.text).base64));
  const submission = submissionOf(draft, { avatar }, await kind.locate());
  const isCurrent = async () => (await requestDraft(context, wish)).link.prev === draft.link.prev;
  try {
    await submitWhenPublished(context, submission, patience, isCurrent);
  } catch (error) {
    if (error instanceof LinkRefused) await dropDraft(context, draft.link);
    throw error;
  }
  await dropDraft(context, draft.link);
  reportLink(context, "bound", draft.link);
}

/** The id in a gist's address, or the id itself. */
function gistId(text: string): string {
  const id = /^(?:(?:https:\/\/)?gist\.github\.com\/(?:[\w-]+\/)?)?([0-9a-f]{1,40})\/?(?:#\S*)?$/i.exec(
    text.trim(),
  )?.[1];
  if (!id)
    throw usageError(`${JSON.stringify(text)} is no gist's address: it looks like https://gist.github.com/alice/…`);
  return id.toLowerCase();
}

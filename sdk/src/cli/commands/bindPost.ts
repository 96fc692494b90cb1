import { type Binding, type Post, identityForms } from "../../binding/index.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { openAvatar } from "../keys.ts";
import { dropBinding, keepBinding } from "../pending.ts";
import { readLine } from "../prompt.ts";
import { LinkRefused, type Patience, reportLink, submitWhenPublished } from "../submit.ts";

/** How one platform's post is shown and found. */
interface PostKind {
  platform: "github" | "dns";
  /** Shows it to the user. */
  show: (context: Context, binding: Binding, post: Post) => void;
  /** Where it is, once the user knows. */
  locate: () => Promise<string>;
}

/** `syngraph bind github <login>`: a public gist of the account. */
export function bindGithub(context: Context, login: string, options: Patience & { gist?: string }): Promise<void> {
  const given = options.gist === undefined ? undefined : gistId(options.gist);
  return bindPost(context, login, options, {
    platform: "github",
    show: ({ output }, { link }, { file, contents }) => {
      output.note(
        `Publish a public gist as ${link.identity} (https://gist.github.com), one file of this name and content:`,
      );
      const content = contents.default;
      output.result(`${file}\n\n${content}`, { publish: "gist", file, content });
    },
    locate: async () => given ?? gistId((await readLine("Address of the gist: ", context.signal)) ?? ""),
  });
}

/** `syngraph bind dns <domain>`: a TXT record at the domain's own name. */
export function bindDns(context: Context, domain: string, patience: Patience): Promise<void> {
  return bindPost(context, domain, patience, {
    platform: "dns",
    show: ({ output }, { link }, { contents, txt = [] }) => {
      // As a zone file has them (RFC 1035, section 5.1).
      const strings = txt.map((piece) => `"${piece.replace(/["\\]/g, String.raw`\$&`)}"`);
      output.note(`Add this TXT record to ${link.identity}; it may take some minutes until it is seen everywhere.`);
      output.result(`${link.identity}. 300 IN TXT ${strings.join(" ")}`, {
        publish: "txt",
        name: link.identity,
        record: contents.default,
        strings,
      });
    },
    locate: () => Promise.resolve(""),
  });
}

async function bindPost(context: Context, typed: string, patience: Patience, kind: PostKind): Promise<void> {
  const { syngraph, signal } = context;
  const wanted = { platform: kind.platform, identity: identityOf(kind.platform, typed) };
  const avatar = await openAvatar(context);
  const binding = await keepBinding(context, avatar, await syngraph.bind(avatar, wanted, { signal }));
  kind.show(context, binding, binding.publishing!.post);
  binding.published(await kind.locate());
  try {
    await submitWhenPublished(context, binding, patience);
  } catch (error) {
    if (error instanceof LinkRefused) await dropBinding(context, binding);
    throw error;
  }
  await dropBinding(context, binding);
  reportLink(context, "bound", binding);
}

/** The one form that a GitHub login or a domain has. @throws {CliError} usage */
function identityOf(platform: "github" | "dns", typed: string): string {
  const [identity] = identityForms(platform, typed);
  const shape = platform === "dns" ? /^[a-z0-9.-]+\.[a-z0-9-]+$/ : /^[a-z0-9][a-z0-9_-]{0,38}$/;
  if (!identity || !shape.test(identity)) {
    throw usageError(`${JSON.stringify(typed)} is no ${platform === "dns" ? "domain name" : "GitHub login"}`);
  }
  return identity;
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

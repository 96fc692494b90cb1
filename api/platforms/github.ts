import { z } from "zod";

import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readJsonProof } from "./published.ts";
import { CheckError, type Claim, type Post } from "./types.ts";

/** The parts of "Get a gist" that are read: https://docs.github.com/en/rest/gists/gists#get-a-gist */
const gistAnswer = z.object({
  public: z.boolean(),
  owner: z.object({ login: z.string(), id: z.number().int().positive() }).nullish(),
  /** Present where somebody made a copy of another's gist, for which one click is enough. */
  fork_of: z.object({ id: z.string() }).nullish(),
  files: z.record(
    z.string(),
    z.object({ content: z.string().nullish(), truncated: z.boolean().nullish(), raw_url: z.string() }),
  ),
});

/** A GitHub account, by a public gist of its own with a file named after the avatar. */
export const github = definePlatform({
  id: "github",
  name: "GitHub",
  identity: {
    rule: "a GitHub login (1 to 39 letters, digits, - and _)",
    shapes: [
      /^@?([A-Za-z0-9][A-Za-z0-9_-]{0,38})$/,
      /^(?:https?:\/\/)?(?:www\.)?github\.com\/([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/?$/,
    ],
    normalForm: lowerCase,
  },
  uri: "https://github.com/{identity}",
  compose: "https://gist.github.com/",
  location: {
    rule: "a gist's id or its address https://gist.github.com/…",
    shapes: [
      /^([0-9A-Fa-f]{1,40})$/,
      /^(?:https?:\/\/)?gist\.github\.com\/(?:[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/)?([0-9A-Fa-f]{1,40})\/?(?:#[!-~]*)?$/,
    ],
    normalForm: lowerCase,
    uri: "https://gist.github.com/{location}",
  },
  template: {
    version: "1",
    comment: "Here's an NextID proof of this Github account.",
    comment2:
      "To validate, base64.decode the signature, and recover pubkey from it using sign_payload with ethereum personal_sign algo.",
    persona: "{avatar}",
    github_username: "{identity}",
    sign_payload: "{sign_payload}",
    signature: "%SIG_BASE64%",
    created_at: "{created_at}",
    uuid: "{uuid}",
  },
  lookup: {
    kind: "http",
    ways: [
      {
        credential: { scheme: "Bearer", optional: true },
        steps: [
          {
            origin: "https://api.github.com",
            path: "/gists/{location}",
            headers: { Accept: "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28" },
          },
        ],
        extract: ([answer], claim) => readGist(answer, claim),
      },
    ],
    textOrigins: ["https://gist.githubusercontent.com"],
  },
  readProof: readJsonProof,
});

function readGist(answer: unknown, { avatar }: Claim): Post {
  const gist = gistAnswer.safeParse(answer);
  if (!gist.success) throw new CheckError("soft", "GitHub's answer is not a gist as its API documents it");
  const { owner, files } = gist.data;
  if (!owner) throw new CheckError("medium", "the gist has no owner");
  if (!gist.data.public) throw new CheckError("medium", "the gist is secret: only a public one is a proof");
  if (gist.data.fork_of) throw new CheckError("medium", "the gist is a fork: its words are another's");
  const name = `${avatar.compressed}.json`;
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  const post = {
    noun: "the gist",
    handle: owner.login,
    accountId: String(owner.id),
    title: `gist's file ${name}`,
    several: false,
  };
  if (!file) {
    const other = Object.keys(files).find((key) => /^0x[0-9a-f]{66}\.json$/i.test(key));
    const instead = other === undefined ? "" : `: it carries the key ${other.slice(0, -".json".length)}`;
    return { ...post, texts: [], absence: `the gist has no file ${name}${instead}` };
  }
  // Above one megabyte in one gist the API shortens contents, and says so.
  const whole = typeof file.content === "string" && !file.truncated;
  return { ...post, texts: [whole ? file.content! : { url: file.raw_url }] };
}

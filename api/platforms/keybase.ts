import { z } from "zod";

import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readProfileProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

const user = z.object({
  id: z.string(),
  basics: z.object({ username: z.string() }),
  profile: z.object({ bio: z.string().nullish() }).nullish(),
});

/** "user/lookup": https://keybase.io/docs/api/1.0/call/user/lookup. A list for `usernames`, one object for `username`. */
const lookupAnswer = z.object({
  status: z.object({ code: z.number(), name: z.string() }),
  them: z.union([z.array(user.nullable()), user.nullable()]).optional(),
});

/** SCNotFound and SCDeleted of https://github.com/keybase/client/blob/master/protocol/avdl/keybase1/constants.avdl */
const GONE = new Set([205, 216]);

/**
 * A Keybase account, by its profile's bio. Next.ID had a JSON file in the public folder read from keybase.pub, which was
 * switched off in 2023, and no other page shows that folder; the file would not fit into a bio (256 characters). So what is
 * to be published is what fits: the text that Next.ID has for profiles, as on Steam.
 */
export const keybase = definePlatform({
  id: "keybase",
  name: "Keybase",
  identity: {
    rule: "a Keybase username (2 to 16 letters, digits and single _)",
    shapes: [
      /^@?((?=.{2,16}$)[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*_?)$/,
      /^(?:https?:\/\/)?(?:www\.)?keybase\.io\/((?=[A-Za-z0-9_]{2,16}\/?$)[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*_?)\/?$/,
    ],
    normalForm: lowerCase,
  },
  uri: "https://keybase.io/{identity}",
  template: "NextID proof: %SIG_BASE64%:{created_at}:{uuid}:{prev}",
  lookup: {
    kind: "http",
    ways: [
      {
        steps: [
          {
            origin: "https://keybase.io",
            path: "/_/api/1.0/user/lookup.json?usernames={identity}&fields=basics,profile",
            always: true,
          },
        ],
        extract: ([answer]) => readLookup(answer),
      },
    ],
  },
  readProof: readProfileProofs,
});

function readLookup(answer: unknown): Post {
  const found = lookupAnswer.safeParse(answer);
  if (!found.success) throw new CheckError("soft", "Keybase's answer is not as its API documents it");
  const { status, them } = found.data;
  const account = Array.isArray(them) ? them[0] : them;
  if (GONE.has(status.code) || (status.code === 0 && account === null)) {
    throw new CheckError("medium", "Keybase has no such user");
  }
  if (status.code !== 0 || !account) {
    throw new CheckError("soft", `Keybase does not answer now (${status.name.slice(0, 40)})`);
  }
  const { id, basics, profile } = account;
  const post = {
    noun: "the profile",
    handle: basics.username,
    accountId: id,
    title: "proof in the bio",
    several: true,
  };
  return profile?.bio ? { ...post, texts: [profile.bio] } : { ...post, texts: [], absence: "the profile has no bio" };
}

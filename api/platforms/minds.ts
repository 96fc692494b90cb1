import { z } from "zod";

import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { SIGNATURE_MARK, readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/**
 * What Minds' own pages read, as its server writes it: Controllers/api/v2/entities.php and Entities/Activity.php of
 * https://gitlab.com/minds/engine.
 */
const entitiesAnswer = z.object({
  status: z.literal("success"),
  entities: z.array(
    z.object({
      guid: z.string(),
      subtype: z.string().nullish(),
      message: z.string().nullish(),
      ownerObj: z.object({ guid: z.string(), username: z.string() }),
      edited: z.unknown().optional(),
    }),
  ),
});

const HOST = "(?:https?:\\/\\/)?(?:www\\.)?minds\\.com";
const NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

/** A Minds channel, by a post of its own. */
export const minds = definePlatform({
  id: "minds",
  name: "Minds",
  identity: {
    rule: "a Minds username (letters, digits, _, - and .)",
    shapes: [new RegExp(`^@?(${NAME})$`), new RegExp(`^${HOST}\\/@?(${NAME})\\/?(?:\\?[!-~]*)?$`)],
    normalForm: lowerCase,
  },
  uri: "https://www.minds.com/{identity}",
  compose: "https://www.minds.com/newsfeed",
  location: {
    rule: "a post's guid or its address https://www.minds.com/newsfeed/…",
    shapes: [
      /^(?:urn:activity:)?([1-9]\d{5,19})$/,
      new RegExp(`^${HOST}\\/newsfeed\\/([1-9]\\d{5,19})\\/?(?:[?#][!-~]*)?$`),
    ],
    normalForm: String,
    uri: "https://www.minds.com/newsfeed/{location}",
  },
  template:
    "🎭 Verifying my Minds ID @{typed_identity} for NextID.\n\nSig: %SIG_BASE64%\nCreatedAt: {created_at}\n" +
    "UUID: {uuid}{prev_line}\n\nPowered by Next.ID - Connect All Digital Identities.\n",
  lookup: {
    kind: "http",
    ways: [
      {
        steps: [
          {
            origin: "https://www.minds.com",
            path: "/api/v2/entities/?urns=urn%3Aactivity%3A{location}&as_activities=0&export_user_counts=false",
            always: true,
          },
        ],
        extract: ([answer], _claim, location) => readEntities(answer, location),
      },
    ],
  },
  readProof: (text) =>
    readPostProofs(text, {
      signature: SIGNATURE_MARK,
      uuid: /\bUUID:\s*(\S+)/,
      createdAt: /\bCreatedAt:\s*(\d+)/,
      prev: /\bPrevious:[^\S\n]*(\S*)/,
    }),
});

function readEntities(answer: unknown, location: string): Post {
  const found = entitiesAnswer.safeParse(answer);
  if (!found.success) throw new CheckError("soft", "Minds' answer is no list of posts as its server writes them");
  const [activity] = found.data.entities;
  // Deleted posts, and those that not everybody may see, are left out of the list.
  if (!activity) throw new CheckError("medium", `Minds shows nobody the post ${location}`);
  // In the place of a remind stands what it reminds of: another's post, with its own guid.
  if (activity.subtype === "remind") {
    throw new CheckError("medium", `the post ${location} is a remind: it passes on another's words`);
  }
  if (activity.guid !== location)
    throw new CheckError("soft", `Minds' answer is about ${activity.guid}, not ${location}`);
  const { ownerObj: owner, message, edited } = activity;
  return {
    noun: "the post",
    handle: owner.username,
    accountId: owner.guid,
    title: "post",
    facts: { edited: edited === true || edited === 1 || edited === "1" },
    texts: [message ?? ""],
    several: false,
    absence: "the post has no signature (`Sig: …`)",
  };
}

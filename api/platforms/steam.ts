import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

import { parseHtml, textOf } from "./markup.ts";
import { definePlatform } from "./platform.ts";
import { readProfileProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/** The profile page as XML: https://partner.steamgames.com/documentation/community_data */
const profileAnswer = z.object({
  profile: z.object({ steamID64: z.string(), privacyState: z.string(), summary: z.string().nullish() }),
});
const errorAnswer = z.object({ response: z.object({ error: z.string() }) });

const ORIGIN = "https://steamcommunity.com";
const HOST = "(?:https?:\\/\\/)?(?:www\\.)?steamcommunity\\.com";

/**
 * A Steam account, by its profile's summary. Its SteamID64 is the identity, since names are no handles there and custom URLs
 * change. Valve's Web API (GetPlayerSummaries) would take a key, but carries no summary: there is no way but the public page.
 */
export const steam = definePlatform({
  id: "steam",
  name: "Steam",
  identity: {
    rule: "a SteamID64 (17 digits) or a profile's address https://steamcommunity.com/…",
    shapes: [/^(\d{17})$/, new RegExp(`^${HOST}\\/profiles\\/(\\d{17})\\/?(?:\\?[!-~]*)?$`)],
    normalForm: (id) => (isIndividual(BigInt(id)) ? id : null),
  },
  uri: "https://steamcommunity.com/profiles/{identity}",
  compose: "https://steamcommunity.com/profiles/{identity}/edit/info",
  resolution: {
    shapes: [/^@?([A-Za-z0-9_-]{2,32})$/, new RegExp(`^${HOST}\\/id\\/([A-Za-z0-9_-]{2,32})\\/?(?:\\?[!-~]*)?$`)],
    step: { origin: ORIGIN, path: "/id/{name}/?xml=1", as: "text", redirects: 1, always: true },
    extract: (answer) => readXml(answer).steamID64,
  },
  template: "NextID proof: %SIG_BASE64%:{created_at}:{uuid}:{prev}",
  lookup: {
    kind: "http",
    ways: [
      {
        // To the custom URL, where the account has one.
        steps: [{ origin: ORIGIN, path: "/profiles/{identity}/?xml=1", as: "text", redirects: 2, always: true }],
        extract: ([answer]) => readProfile(answer),
      },
    ],
  },
  readProof: readProfileProofs,
});

/**
 * Whether a number is an account of a person (type 1) in the public universe (1), as they all are, with the instance of the
 * desktop (1): https://developer.valvesoftware.com/wiki/SteamID
 */
function isIndividual(id: bigint): boolean {
  return id >> 32n === 0x01100001n && (id & 0xffffffffn) !== 0n;
}

function readProfile(answer: unknown): Post {
  const { steamID64: id, privacyState, summary } = readXml(answer);
  const post = { noun: "the profile", handle: id, accountId: id, title: "proof in the summary", several: true };
  if (privacyState !== "public") {
    return { ...post, texts: [], absence: `the profile is not public (it is ${privacyState.slice(0, 40)})` };
  }
  if (!summary) return { ...post, texts: [], absence: "the profile has no summary" };
  return { ...post, texts: [textOf(parseHtml(summary))] };
}

function readXml(answer: unknown): z.infer<typeof profileAnswer>["profile"] {
  // No entity of the document's own is ever expanded: texts come as CDATA, and a summary's HTML is read as HTML.
  const parser = new XMLParser({ processEntities: false, parseTagValue: false });
  let document: unknown;
  try {
    document = parser.parse(String(answer));
  } catch (error) {
    throw new CheckError("soft", "Steam's answer is not XML", { cause: error });
  }
  const found = profileAnswer.safeParse(document);
  if (found.success) return found.data.profile;
  const error = errorAnswer.safeParse(document).data?.response.error;
  if (error !== undefined) {
    // It says in the same way that it cannot load any profile now.
    const isGone = /could not be found/i.test(error);
    const what = isGone ? "shows no such profile" : "does not answer now";
    throw new CheckError(isGone ? "medium" : "soft", `Steam ${what}: ${error.slice(0, 100)}`);
  }
  throw new CheckError("soft", "Steam's answer is not a profile as it documents them");
}

import { z } from "zod";

import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { MISC_LINE, SIGNATURE_MARK, readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/** "Embed Videos", oEmbed API: https://developers.tiktok.com/doc/embed-videos */
const oembedAnswer = z.object({
  title: z.string(),
  author_unique_id: z.string().min(1),
  embed_product_id: z.string().min(1),
});

/** How it refuses, with whatever HTTP status. */
const errorAnswer = z.object({ code: z.number(), message: z.string() });

const HOST = "(?:https?:\\/\\/)?(?:www\\.|m\\.)?tiktok\\.com";
const NAME = "[A-Za-z0-9_.]{0,23}[A-Za-z0-9_]";

/**
 * A TikTok account, by the title of a video of its own. oEmbed tells no number of the account, so the handle itself is bound:
 * who renames it loses the binding, and whoever takes it over cannot show the old video.
 */
export const tiktok = definePlatform({
  id: "tiktok",
  name: "TikTok",
  identity: {
    rule: "a TikTok handle (1 to 24 letters, digits, _ and ., not at its end)",
    shapes: [new RegExp(`^@?(${NAME})$`), new RegExp(`^${HOST}\\/@(${NAME})\\/?(?:\\?[!-~]*)?$`)],
    normalForm: lowerCase,
  },
  uri: "https://www.tiktok.com/@{identity}",
  compose: "https://www.tiktok.com/upload",
  location: {
    rule: "a video's id or its whole address https://www.tiktok.com/@…/video/…",
    shapes: [
      /^(\d{10,20})$/,
      new RegExp(`^${HOST}\\/@(?:${NAME})?\\/video\\/(\\d{10,20})\\/?(?:[?#][!-~]*)?$`),
      new RegExp(`^${HOST}\\/v\\/(\\d{10,20})(?:\\.html)?(?:[?#][!-~]*)?$`),
    ],
    normalForm: String,
    uri: "https://www.tiktok.com/@{identity}/video/{location}",
  },
  template: "🎭 NextID ROCKS! Sig: %SIG_BASE64%;Misc: {uuid}|{created_at}|{prev_or_blank}",
  lookup: {
    kind: "http",
    ways: [
      {
        steps: [
          {
            origin: "https://www.tiktok.com",
            // TikTok asks for no handle here; the answer shall tell of one by itself.
            path: "/oembed?url=https%3A%2F%2Fwww.tiktok.com%2F%40_%2Fvideo%2F{location}",
            passes: [400],
          },
        ],
        extract: ([answer], _claim, location) => readOembed(answer, location),
      },
    ],
  },
  readProof: (text) => readPostProofs(text, { signature: SIGNATURE_MARK, ...MISC_LINE }),
});

function readOembed(answer: unknown, location: string): Post {
  const found = oembedAnswer.safeParse(answer);
  if (!found.success) {
    const error = errorAnswer.safeParse(answer).data;
    if (error?.code === 400 || error?.code === 404) {
      throw new CheckError("medium", `TikTok shows nobody the video ${location}: ${error.message.slice(0, 100)}`);
    }
    throw new CheckError("soft", "TikTok's answer is not a video as its oEmbed API documents it");
  }
  const { title, author_unique_id: handle, embed_product_id: id } = found.data;
  if (id !== location) throw new CheckError("soft", `TikTok's answer is about ${id}, not the video ${location}`);
  return {
    noun: "the video",
    handle,
    accountId: handle.toLowerCase(),
    title: "video's title",
    facts: { account_id: "handle" },
    texts: [title],
    several: false,
    absence: "the video's title has no signature (`Sig: …`)",
  };
}

import { z } from "zod";

import { withoutQuotes } from "./markdown.ts";
import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/**
 * The parts of "Get Channel Message" that are read:
 * https://docs.discord.com/developers/resources/message#message-object
 */
const messageAnswer = z.object({
  id: z.string(),
  channel_id: z.string(),
  type: z.number(),
  content: z.string(),
  edited_timestamp: z.string().nullish(),
  webhook_id: z.string().nullish(),
  /** Present where the message forwards another one: what it shows is in `message_snapshots`, and somebody else's. */
  message_snapshots: z.array(z.unknown()).nullish(),
  attachments: z.array(z.unknown()).nullish(),
  embeds: z.array(z.unknown()).nullish(),
  components: z.array(z.unknown()).nullish(),
  sticker_items: z.array(z.unknown()).nullish(),
  poll: z.unknown().optional(),
  author: z.object({
    id: z.string().regex(/^\d{1,20}$/),
    username: z.string(),
    discriminator: z.string(),
    bot: z.boolean().nullish(),
    system: z.boolean().nullish(),
  }),
});

/** Message types that a user writes: DEFAULT and REPLY. */
const WRITTEN_TYPES = new Set([0, 19]);

const LOCATION =
  /^(?:https?:\/\/)?(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/channels\/(\d{1,20}\/\d{1,20}\/\d{1,20})\/?$/;

/** A Discord user, by a message of their own in a channel that this node's bot can read. */
export const discord = definePlatform({
  id: "discord",
  name: "Discord",
  identity: {
    rule: "a Discord username (2 to 32 letters, digits, _ and ., or an old name#1234)",
    shapes: [
      // Since 2023 names are unique, and some clients print them with the discriminator 0.
      /^@?([A-Za-z0-9_.]{2,32})(?:#0)?$/,
      // The older form lives on with bots, and in links that were signed before. Discord forbids @ # : and ` in it.
      /^@?([!"$-9;-?A-_a-~](?:[ !"$-9;-?A-_a-~]{0,30}[!"$-9;-?A-_a-~])?#(?!0000)\d{4})$/,
    ],
    normalForm: lowerCase,
  },
  uri: "https://discord.com/users/{account}",
  location: {
    rule: "the address of a message in a server's channel, https://discord.com/channels/…/…/…",
    shapes: [LOCATION],
    normalForm: (path) => `https://discord.com/channels/${path}`,
    parts: /\/(?<channel>\d+)\/(?<message>\d+)$/,
  },
  template: "Verifying my discord ID: {typed_identity} on NextID. \nSig: %SIG_BASE64%",
  translations: {
    "en-US": "Verifying my discord ID: {typed_identity} on NextID. \nSig: %SIG_BASE64%",
    "zh-CN": "在NextID上认证我的账号： {typed_identity} \nSig: %SIG_BASE64%",
  },
  lookup: {
    kind: "http",
    ways: [
      {
        credential: { scheme: "Bot" },
        steps: [
          {
            origin: "https://discord.com",
            path: "/api/v10/channels/{channel}/messages/{message}",
            // Discord wants a URL and a version in it: https://docs.discord.com/developers/reference#user-agent
            headers: { "User-Agent": "DiscordBot (https://www.npmjs.com/package/@syngraph/sdk, 1)" },
          },
        ],
        extract: ([answer], _claim, location) => readMessage(answer, location),
      },
    ],
  },
  // https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
  rate: { requests: 50, seconds: 1 },
  readProof: (text) => readPostProofs(text, { signature: /\bSig:[^\S\n]*(\S*)/g }),
});

function readMessage(answer: unknown, location: string): Post {
  const message = messageAnswer.safeParse(answer);
  if (!message.success) throw new CheckError("soft", "Discord's answer is not a message as its API documents it");
  const { id, channel_id: channel, type, content, edited_timestamp: edited, webhook_id, author } = message.data;
  if (!location.endsWith(`/${channel}/${id}`)) throw new CheckError("soft", "Discord sent another message");
  // A webhook prints any name that its maker chooses (note 1 of the documentation).
  if (typeof webhook_id === "string") throw new CheckError("final", "the message was sent by a webhook, not by a user");
  if (author.bot || author.system) throw new CheckError("final", "the message was sent by a bot, not by a user");
  if (!WRITTEN_TYPES.has(type)) throw new CheckError("medium", `the message is none that a user wrote (type ${type})`);
  if (message.data.message_snapshots?.length) {
    throw new CheckError("medium", "the message forwards another one: publish the text itself");
  }
  const post = {
    noun: "the message",
    handle: author.discriminator === "0" ? author.username : `${author.username}#${author.discriminator}`,
    accountId: author.id,
    title: "message",
    facts: { ...(typeof edited === "string" ? { edited } : {}) },
    several: false,
  };
  if (content === "") {
    // Note 2: without the privileged intent these are empty in every message. None that a user sends has nothing at all.
    const { attachments, embeds, components, sticker_items: stickers, poll } = message.data;
    if (![attachments, embeds, components, stickers].some((list) => list?.length) && !poll) {
      throw new CheckError("soft", "this node's bot may not read what messages say (message content intent)");
    }
    return { ...post, texts: [], absence: "the message has no text" };
  }
  return { ...post, texts: [withoutQuotes(content)] };
}

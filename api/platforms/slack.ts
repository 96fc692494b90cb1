import { z } from "zod";

import { withoutQuotes } from "./markdown.ts";
import { definePlatform } from "./platform.ts";
import { readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/** "Retrieving a single message" of https://docs.slack.dev/reference/methods/conversations.history */
const historyAnswer = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(false), error: z.string() }),
  z.object({
    ok: z.literal(true),
    messages: z.array(
      z.object({
        type: z.string(),
        subtype: z.string().nullish(),
        ts: z.string(),
        user: z.string().nullish(),
        bot_id: z.string().nullish(),
        text: z.string(),
        edited: z.object({ ts: z.string() }).nullish(),
      }),
    ),
  }),
]);

/** Errors, sent with status 200, that are about the channel; any other is about the node or Slack. */
const CHANNEL_ERRORS: Readonly<Record<string, string>> = {
  channel_not_found: "there is no such channel in the workspace, or this node's app may not see it",
  not_in_channel: "this node's app is not in the channel: invite it",
  is_archived: "the channel was archived",
};

/** A Slack user, by a message of their own in a channel that this node's app is in. */
export const slack = definePlatform({
  id: "slack",
  name: "Slack",
  identity: {
    rule: "a Slack member ID (U… or W…, from the member's profile)",
    shapes: [
      /^@?([UWuw][A-Za-z0-9]{6,20})$/,
      /^<@([UW][A-Z0-9]{6,20})(?:\|[^<>]*)?>$/,
      /^(?:https?:\/\/)?[a-z0-9-]+(?:\.enterprise)?\.slack\.com\/team\/([UW][A-Z0-9]{6,20})\/?$/,
    ],
    normalForm: (value) => value.toUpperCase(),
  },
  location: {
    rule: "the address of a message in a channel, not in a thread: https://….slack.com/archives/…/p…",
    shapes: [
      // The link to a message that began a thread says so.
      /^(?:https?:\/\/)?([a-z0-9-]{1,63}(?:\.enterprise)?\.slack\.com\/archives\/[CGD][A-Z0-9]{6,20}\/p\d{16}(?:\?[!-~]*)?)$/,
    ],
    normalForm: messageAddress,
    parts: /\/archives\/(?<channel>\w+)\/p(?<seconds>\d{10})(?<micros>\d{6})$/,
  },
  template:
    "🎭 Verifying my Slack ID @{typed_identity} for @NextDotID.\nSig: %SIG_BASE64%\n\nPowered by Next.ID - Connect All Digital Identities.\n",
  translations: {
    en_US:
      "🎭 Verifying my Slack ID @{typed_identity} for @NextDotID.\nSig: %SIG_BASE64%\n\nPowered by Next.ID - Connect All Digital Identities.\n",
    zh_CN:
      "🎭 正在通过 @NextDotID 验证我的 Slack 帐号 @{typed_identity} 。\nSig: %SIG_BASE64%\n\n由 Next.ID 支持 - 连接全域数字身份。\n",
  },
  lookup: {
    kind: "http",
    ways: [
      {
        credential: { scheme: "Bearer" },
        steps: [
          {
            origin: "https://slack.com",
            path: "/api/conversations.history?channel={channel}&latest={seconds}.{micros}&oldest={seconds}.{micros}&inclusive=true&limit=1",
            always: true,
          },
        ],
        extract: ([answer], _claim, location) => readMessage(answer, location),
      },
    ],
  },
  // Tier 3 of https://docs.slack.dev/apis/web-api/rate-limits
  rate: { requests: 50, seconds: 60 },
  readProof: (text) => readPostProofs(text, { signature: /\bSig:[^\S\n]*(\S*)/g }),
});

/** The address of a message that the channel's history lists; null for a thread's reply, which only the thread lists. */
function messageAddress(address: string): string | null {
  const url = new URL(`https://${address}`);
  const stamp = url.pathname.slice(-16);
  const thread = url.searchParams.get("thread_ts") ?? stamp;
  return thread.replace(".", "") === stamp ? `https://${url.host}${url.pathname}` : null;
}

function readMessage(answer: unknown, location: string): Post {
  const history = historyAnswer.safeParse(answer);
  if (!history.success) throw new CheckError("soft", "Slack's answer is not a history as its API documents it");
  if (!history.data.ok) {
    const { error } = history.data;
    const ours = CHANNEL_ERRORS[error];
    if (ours !== undefined) throw new CheckError("medium", ours);
    throw new CheckError("soft", `Slack does not answer now (${error.slice(0, 60)})`);
  }
  const stamp = location.slice(-16);
  const message = history.data.messages.find(({ ts }) => ts.replace(".", "") === stamp);
  if (!message || message.subtype === "tombstone") throw new CheckError("medium", "the message was deleted");
  const { type, subtype, user, bot_id, text, edited } = message;
  // Apps send with any name and icon they choose (chat:write.customize).
  if (typeof bot_id === "string") throw new CheckError("final", "the message was sent by an app, not by a user");
  if (type !== "message" || typeof subtype === "string" || typeof user !== "string") {
    throw new CheckError("medium", `the message is none that a user wrote (${String(subtype ?? type).slice(0, 60)})`);
  }
  return {
    noun: "the message",
    handle: user,
    accountId: user,
    title: "message",
    facts: edited ? { edited: edited.ts } : {},
    several: false,
    // Only `text`: attachments and unfurled links show what others wrote.
    texts: [plainText(withoutQuotes(text, "&gt;"))],
  };
}

/** Undoes what https://docs.slack.dev/messaging/formatting-message-text says of links and escapes. */
function plainText(text: string): string {
  const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  return text
    .replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, target: string, label?: string) => label ?? target)
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity]!);
}

import { type Element, attribute, elementsOf, hasClass, parseHtml, textOf } from "./markup.ts";
import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { SIGNATURE_MARK, readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

const NAME = "[A-Za-z][A-Za-z0-9_]{3,31}";
const HOST = "(?:https?:\\/\\/)?(?:www\\.)?(?:t|telegram)\\.me";

/**
 * A public Telegram channel, by a post of its own, as the post widget shows it to everybody:
 * https://core.telegram.org/widgets/post. It is the channel that is bound: of persons the widget tells no stable id, and
 * in a group anybody may write.
 */
export const telegram = definePlatform({
  id: "telegram",
  name: "Telegram",
  identity: {
    rule: "a public channel's username (4 to 32 letters, digits and _)",
    shapes: [new RegExp(`^@?(${NAME})$`), new RegExp(`^${HOST}\\/(?:s\\/)?(${NAME})\\/?$`)],
    normalForm: lowerCase,
  },
  uri: "https://t.me/{identity}",
  // "Share links" of https://core.telegram.org/api/links: what is shared need not be an address.
  compose: "https://t.me/share?url={post}",
  location: {
    rule: "the address of a channel's post, https://t.me/channel/number",
    shapes: [new RegExp(`^${HOST}\\/(?:s\\/)?(${NAME}\\/[1-9]\\d{0,9})\\/?(?:\\?[!-~]*)?$`)],
    normalForm: (path) => `https://t.me/${path.toLowerCase()}`,
    parts: /^https:\/\/t\.me\/(?<channel>\w+)\/(?<number>\d+)$/,
  },
  template:
    "🎭 Verifying my Telegram ID @{typed_identity} for @NextDotID.\nSig: %SIG_BASE64%\n\n" +
    "Powered by Next.ID - Connect All Digital Identities.\n",
  translations: {
    en_US:
      "🎭 Verifying my Telegram ID @{typed_identity} for @NextDotID.\nSig: %SIG_BASE64%\n\n" +
      "Powered by Next.ID - Connect All Digital Identities.\n",
    zh_CN:
      "🎭 正在通过 @NextDotID 验证我的 Telegram 帐号 @{typed_identity} 。\nSig: %SIG_BASE64%\n\n" +
      "由 Next.ID 支持 - 连接全域数字身份。\n",
  },
  lookup: {
    kind: "http",
    ways: [
      {
        steps: [{ origin: "https://t.me", path: "/{channel}/{number}?embed=1&mode=tme", as: "text", always: true }],
        extract: ([page], _claim, location) => readWidget(String(page), location),
      },
    ],
  },
  readProof: (text) => readPostProofs(text, { signature: SIGNATURE_MARK }),
});

function isReply(element: Element): boolean {
  return hasClass(element, "tgme_widget_message_reply");
}

function readWidget(page: string, location: string): Post {
  const root = parseHtml(page);
  const all = (name: string) => elementsOf(root, (element) => hasClass(element, name), isReply);
  const [message] = all("tgme_widget_message");
  const shown = message && attribute(message, "data-post")?.toLowerCase();
  if (!message || shown === undefined) {
    // Every refusal comes with HTTP 200.
    const [error] = all("tgme_widget_message_error");
    if (error)
      throw new CheckError("medium", `Telegram shows nobody ${location}: ${textOf(error).trim().slice(0, 100)}`);
    throw new CheckError("soft", "Telegram's answer is not its post widget");
  }
  if (`https://t.me/${shown}` !== location) throw new CheckError("soft", `Telegram's answer is about ${shown}`);
  if (all("tgme_widget_message_author_name").length > 0) {
    throw new CheckError("medium", "the post stands in a group, where anybody may write: only a channel's is a proof");
  }
  const [owner] = all("tgme_widget_message_owner_name");
  const handle = /^https:\/\/t\.me\/([^/?#]*)$/.exec((owner && attribute(owner, "href")) ?? "")?.[1];
  if (handle === undefined) throw new CheckError("soft", "Telegram's answer names no channel");
  const [time] = all("tgme_widget_message_date").flatMap((date) =>
    elementsOf(date, ({ tagName }) => tagName === "time"),
  );
  const postedAt = time && attribute(time, "datetime");
  const post = {
    noun: "the post",
    handle,
    accountId: channelId(attribute(message, "data-peer"), attribute(message, "data-view")),
    title: "post",
    facts: postedAt === undefined ? {} : { posted_at: postedAt },
    several: false,
  };
  if (all("tgme_widget_message_forwarded_from").length > 0) {
    return { ...post, texts: [], absence: "the post was forwarded: its words are another's" };
  }
  const texts = all("js-message_text").map((text) => textOf(text, ({ tagName }) => tagName === "blockquote").trim());
  if (new Set(texts).size > 1) {
    return { ...post, texts: [], absence: "the post shows several texts, and nobody can tell whose they are" };
  }
  return { ...post, texts, absence: "the post has no signature (`Sig: …`) outside quotes" };
}

/**
 * A channel's number, which outlives its username. The widget carries it for its own scripts: in `data-peer` as
 * `c<number>_<hash>`, and in `data-view` as member `c` of a JSON object in Base64, with a minus sign. Empty where neither is
 * there.
 */
function channelId(peer = "", view = ""): string {
  const number = /^c(\d{1,20})_/.exec(peer)?.[1];
  return number ?? /"c":-(\d{1,20})\b/.exec(Buffer.from(view, "base64url").toString())?.[1] ?? "";
}

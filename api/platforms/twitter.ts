import { z } from "zod";

import { parseHtml, textOf } from "./markup.ts";
import { lowerCase } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { MISC_LINE, SIGNATURE_MARK, readPostProofs } from "./published.ts";
import { CheckError, type Post } from "./types.ts";

/** "Get Post by ID": https://docs.x.com/x-api/posts/get-post-by-id */
const apiAnswer = z.object({
  data: z.object({
    id: z.string(),
    text: z.string(),
    author_id: z.string(),
    note_tweet: z.object({ text: z.string() }).nullish(),
    edit_history_tweet_ids: z.array(z.string()).nullish(),
    referenced_tweets: z.array(z.object({ type: z.string() })).nullish(),
  }),
  includes: z.object({ users: z.array(z.object({ id: z.string(), username: z.string() })) }),
});

/** What it answers, with HTTP 200, where it has no such tweet: https://docs.x.com/x-api/fundamentals/response-codes-and-errors */
const apiErrors = z.object({ errors: z.array(z.object({ type: z.string(), detail: z.string().nullish() })).min(1) });

/** What X's own embedded tweets are made of; undocumented, read as https://github.com/vercel/react-tweet does. */
const embedAnswer = z.object({
  __typename: z.literal("Tweet"),
  id_str: z.string(),
  text: z.string(),
  user: z.object({ id_str: z.string(), screen_name: z.string() }),
  isEdited: z.boolean().nullish(),
  isStaleEdit: z.boolean().nullish(),
  note_tweet: z.object({ id: z.string() }).nullish(),
});

/** https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference/get-statuses-oembed */
const oembedAnswer = z.object({ url: z.string(), author_url: z.string() });

const HOST = "(?:https?:\\/\\/)?(?:(?:www|mobile|m)\\.)?(?:x|twitter)\\.com";

/**
 * An X account, by a tweet of its own. The account's numeric id is what is bound: handles are renamed, and given to others.
 * Without a token the tweet is read as X's embedded tweets are, with oEmbed as a second witness of its author.
 */
export const twitter = definePlatform({
  id: "twitter",
  name: "X (Twitter)",
  identity: {
    rule: "an X handle (1 to 15 letters, digits and _)",
    shapes: [/^@?([A-Za-z0-9_]{1,15})$/, new RegExp(`^${HOST}\\/@?([A-Za-z0-9_]{1,15})\\/?(?:\\?[!-~]*)?$`)],
    normalForm: lowerCase,
  },
  uri: "https://x.com/{identity}",
  // https://developer.x.com/en/docs/x-for-websites/tweet-button/guides/web-intent
  compose: "https://x.com/intent/tweet?text={post}",
  location: {
    rule: "a tweet's id or its address https://x.com/…/status/…",
    shapes: [
      /^([1-9]\d{0,18})$/,
      new RegExp(
        `^${HOST}\\/(?:i\\/web|[A-Za-z0-9_]{1,15})\\/status(?:es)?\\/([1-9]\\d{0,18})` +
          "(?:\\/(?:photo|video)\\/\\d)?\\/?(?:[?#][!-~]*)?$",
      ),
    ],
    normalForm: String,
    uri: "https://x.com/i/status/{location}",
  },
  template:
    "🎭 Verify @{typed_identity} with @NextDotID.\nSig: %SIG_BASE64%\nMisc: {uuid}|{created_at}|{prev_or_blank}",
  translations: {
    en_US: "🎭 Verify @{typed_identity} with @NextDotID.\nSig: %SIG_BASE64%\nMisc: {uuid}|{created_at}|{prev_or_blank}",
    zh_CN:
      "🎭 由 @NextDotID 验证 @{typed_identity} 。\nSig: %SIG_BASE64%\n其它信息: {uuid}|{created_at}|{prev_or_blank}",
  },
  lookup: {
    kind: "http",
    ways: [
      {
        credential: { scheme: "Bearer" },
        steps: [
          {
            origin: "https://api.x.com",
            path:
              "/2/tweets/{location}?expansions=author_id&user.fields=username" +
              "&tweet.fields=edit_history_tweet_ids,note_tweet,referenced_tweets",
            always: true,
          },
        ],
        extract: ([answer], _claim, location) => readApiTweet(answer, location),
      },
      {
        steps: [
          {
            origin: "https://cdn.syndication.twimg.com",
            path:
              "/tweet-result?id={location}&lang=en&token={token}" +
              "&features=tfw_tweet_edit_backend%3Aon%3Btfw_tweet_edit_frontend%3Aon",
          },
          {
            origin: "https://publish.x.com",
            // No handle in the address: the answer shall tell of one by itself.
            path: "/oembed?url=https%3A%2F%2Ftwitter.com%2Fi%2Fstatus%2F{location}&omit_script=1&hide_thread=1",
            // How it says that a tweet is protected.
            passes: [403],
          },
        ],
        extract: ([embed, witness], _claim, location) => readEmbeddedTweet(embed, witness, location),
      },
    ],
    slots: (location) => ({ token: embedToken(location) }),
  },
  readProof: (text) => readPostProofs(text, { signature: SIGNATURE_MARK, ...MISC_LINE }),
});

function readApiTweet(answer: unknown, location: string): Post {
  const found = apiAnswer.safeParse(answer);
  if (!found.success) {
    const error = apiErrors.safeParse(answer).data?.errors[0];
    if (error && /\/(?:resource-not-found|not-authorized-for-resource)$/.test(error.type)) {
      throw new CheckError("medium", `X shows nobody the tweet ${location}: ${error.detail ?? error.type}`);
    }
    throw new CheckError("soft", "X's answer is not a tweet as its API documents it");
  }
  const { data, includes } = found.data;
  const author = includes.users.find(({ id }) => id === data.author_id);
  if (data.id !== location || !author) throw new CheckError("soft", `X's answer is not about the tweet ${location}`);
  const versions = data.edit_history_tweet_ids ?? [location];
  return tweet({
    handle: author.username,
    accountId: author.id,
    // Beyond 280 characters, `text` is only the beginning.
    text: data.note_tweet?.text ?? data.text,
    whole: true,
    retweet: data.referenced_tweets?.some(({ type }) => type === "retweeted") ?? false,
    edited: versions.length > 1,
    stale: versions.at(-1) !== location,
  });
}

function readEmbeddedTweet(embed: unknown, witness: unknown, location: string): Post {
  const found = embedAnswer.safeParse(embed);
  if (!found.success) {
    const { __typename: kind } = z.object({ __typename: z.string().nullish() }).safeParse(embed).data ?? {};
    const gone = kind === "TweetTombstone" || (typeof embed === "object" && JSON.stringify(embed) === "{}");
    if (gone)
      throw new CheckError("medium", `X shows nobody the tweet ${location}: it is deleted, or its author is private`);
    throw new CheckError("soft", "X's answer is not a tweet as it embeds them");
  }
  const { id_str: id, user, text, note_tweet: note, isEdited, isStaleEdit } = found.data;
  if (id !== location) throw new CheckError("soft", `X's answer is about the tweet ${id}, not ${location}`);
  const second = oembedAnswer.safeParse(witness).data;
  const author = second?.author_url.replace(/^https:\/\/(?:x|twitter)\.com\//, "") ?? "nobody";
  const agrees = author.toLowerCase() === user.screen_name.toLowerCase() && second?.url.endsWith(`/status/${location}`);
  if (!agrees) {
    const both = `${user.screen_name} in the embedded tweet, ${author.slice(0, 40)} by oEmbed`;
    throw new CheckError("soft", `X contradicts itself on whose the tweet is: ${both}`);
  }
  return tweet({
    handle: user.screen_name,
    accountId: user.id_str,
    text,
    whole: !note,
    retweet: false,
    edited: isEdited ?? false,
    stale: isStaleEdit ?? false,
  });
}

interface Tweet {
  handle: string;
  accountId: string;
  /** As X sends it, with `&`, `<` and `>` as HTML entities. Quoted tweets are apart from it. */
  text: string;
  whole: boolean;
  retweet: boolean;
  edited: boolean;
  stale: boolean;
}

function tweet({ handle, accountId, text, whole, retweet, edited, stale }: Tweet): Post {
  const post = { noun: "the tweet", title: "tweet", handle, accountId, several: false, facts: { edited } };
  const others = "the tweet only passes on another's words";
  if (retweet || /^RT @\w{1,15}\b/.test(text)) return { ...post, texts: [], absence: others };
  if (stale)
    return { ...post, texts: [], absence: "the tweet was edited since: give the address of its newest version" };
  const cut = whole ? "" : " in its beginning, which is all that X shows without a login";
  return { ...post, texts: [textOf(parseHtml(text))], absence: `the tweet has no signature (\`Sig: …\`)${cut}` };
}

/** What the embedding page sends along, by the rule of react-tweet's fetch-tweet.ts. */
function embedToken(id: string): string {
  return ((Number(id) / 1e15) * Math.PI).toString(36).replace(/0+|\./g, "");
}

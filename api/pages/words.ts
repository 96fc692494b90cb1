import type { EvidenceKind } from "../graph/types.ts";

/** Where a claim stands, as people read it. */
export type Standing = "verified" | "disputed" | "invalid" | "unverified";

/** Languages of badges, and of what a page says before it runs. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Their tags (BCP 47), and how Open Graph names them. */
export const TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans" };
export const LOCALES: Readonly<Record<Language, string>> = { en: "en_US", zh: "zh_CN" };

/** What a proof of our own can rest on. */
export type ProofEvidence = Extract<EvidenceKind, "signatures" | "account" | "handle">;

export function isProof(evidence: EvidenceKind): evidence is ProofEvidence {
  return evidence === "signatures" || evidence === "account" || evidence === "handle";
}

interface Words {
  /** Beside the account, in a badge. */
  standing: Record<Exclude<Standing, "verified">, string>;
  /** The same of what is verified: by what it rests on. */
  verified: Record<ProofEvidence, string>;
  /** The same in a sentence. */
  sentences: Record<Exclude<Standing, "verified">, string> & Record<ProofEvidence, string>;
  page: PageWords;
}

/** What a page says of somebody before it runs. What is put into a sentence is HTML where it says so, and text elsewhere. */
interface PageWords {
  avatar: (key: string) => string;
  nothing: string;
  /** Of somebody without another account than the one in the title. */
  only: string;
  also: (accounts: readonly string[], more: number) => string;
  /** HTML; the proof is empty where there is none to show. */
  claim: (parts: Record<"account" | "on" | "why" | "time" | "proof", string>) => string;
  proof: string;
  more: (count: number) => string;
  publicKey: string;
  who: (name: string) => string;
  choose: (count: number) => string;
  /** HTML. */
  choice: (account: string, avatar: string) => string;
  nobody: string;
  noAddress: string;
  notNow: string;
  tooMany: string;
  askAgain: (seconds: number) => string;
  unknownAvatar: (key: string) => string;
  unproved: (name: string, platform: string) => string;
  notText: string;
}

const CHECKABLE: Readonly<Record<Language, string>> = {
  en: "Every claim can be checked against signatures and the chain.",
  zh: "每一项都可以对照签名和链上数据核实。",
};

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    standing: { disputed: "disputed", invalid: "no longer valid", unverified: "not verified" },
    verified: { signatures: "verified by signature", account: "verified by a post", handle: "verified by a record" },
    sentences: {
      signatures: "Both sides signed it.",
      account: "The account published the proof; attesters saw it, and the account’s number.",
      handle: "The proof was published under this name; attesters saw it.",
      disputed: "Somebody else has proved it later.",
      invalid: "It was proved once, and is no longer valid.",
      unverified: "Nobody has proved it.",
    },
    page: {
      avatar: (key) => `Avatar ${key}`,
      nothing: "Nothing is verified of this avatar now.",
      only: `The only verified account. ${CHECKABLE.en}`,
      also: (accounts, more) =>
        `Also verified: ${accounts.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ${CHECKABLE.en}`,
      claim: ({ account, on, why, time, proof }) =>
        `${account} (${on}): ${why} Last checked ${time}.${proof && ` ${proof}.`}`,
      proof: "The proof",
      more: (count) => `And ${count} more.`,
      publicKey: "Public key",
      who: (name) => `Who is ${name}?`,
      choose: (count) => `${count} people have proved this name: choose whom you mean.`,
      choice: (account, avatar) => `${account}, avatar ${avatar}`,
      nobody: "Nobody here",
      noAddress: "No such address",
      notNow: "Not to be told just now",
      tooMany: "Too many requests",
      askAgain: (seconds) => `Too many requests came from your address: try again in ${seconds} s.`,
      unknownAvatar: (key) => `No chain knows the avatar ${key}.`,
      unproved: (name, platform) => `Nobody has proved to be ${name}${platform && ` on ${platform}`}.`,
      notText: "The address is not percent-encoded text.",
    },
  },
  zh: {
    standing: { disputed: "存在争议", invalid: "已失效", unverified: "未验证" },
    verified: { signatures: "已通过签名验证", account: "已通过发帖验证", handle: "已通过记录验证" },
    sentences: {
      signatures: "双方均已签名。",
      account: "证明由该账号发布，见证者已查看并记下账号编号。",
      handle: "证明以该名称发布，见证者已查看。",
      disputed: "之后有他人也证明了对它的所有权。",
      invalid: "曾经得到证明，现已失效。",
      unverified: "尚无人证明。",
    },
    page: {
      avatar: (key) => `主身份 ${key}`,
      nothing: "这个主身份目前没有任何已验证的账号。",
      only: `唯一已验证的账号。${CHECKABLE.zh}`,
      also: (accounts, more) =>
        `同时已验证：${accounts.join("、")}${more > 0 ? `，另有 ${more} 项` : ""}。${CHECKABLE.zh}`,
      claim: ({ account, on, why, time, proof }) =>
        `${account}（${on}）：${why}最近检查：${time}。${proof && `${proof}。`}`,
      proof: "查看证明",
      more: (count) => `另有 ${count} 项。`,
      publicKey: "公钥",
      who: (name) => `谁是 ${name}？`,
      choose: (count) => `有 ${count} 人证明了这个名称，请选择你要找的人。`,
      choice: (account, avatar) => `${account}，主身份 ${avatar}`,
      nobody: "这里没有人",
      noAddress: "没有这个地址",
      notNow: "暂时无法得知",
      tooMany: "请求过多",
      askAgain: (seconds) => `来自你的地址的请求过多，请在 ${seconds} 秒后重试。`,
      unknownAvatar: (key) => `没有任何链知道主身份 ${key}。`,
      unproved: (name, platform) => `没有人证明过自己是${platform && ` ${platform} 上的`} ${name}。`,
      notText: "该地址不是百分号编码的文本。",
    },
  },
};

import type { EvidenceKind } from "../graph/types.ts";

/** Where a claim stands, as people read it. */
export type Standing = "verified" | "disputed" | "invalid" | "unverified";

/** Languages of badges; the head of a page is for crawlers, and English. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

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
}

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
  },
};

import {
  type Attestation,
  type Link,
  type PublicKey,
  type Signature,
  linkId,
  packAttestations,
  recoverAttester,
} from "@syngraph/sdk/protocol";
import { Signature as EthersSignature } from "ethers";
import type { Logger } from "pino";
import { z } from "zod";

import { messageOf } from "../errors.ts";
import type { Attester, Word } from "./attester.ts";
import type { Attesters } from "./attesters.ts";
import type { PeerStatus, Peers, PublishedPeer } from "./peers.ts";

/** How far ahead of ours a peer's clock may run, and how long ago it may have looked, in seconds. */
const CLOCK_SKEW = 60;
const MAX_AGE = 15 * 60;

/** A link whose other side attesters look at, given whole. */
export interface AttestedLink {
  link: Link;
  avatar: PublicKey;
  /** The avatar's, as the chain has it or will have it: it names the link. */
  signature: Signature;
  /** Where the proof is. */
  location: string;
  /** As of when its binding stands on chain, Unix seconds, where this is to turn it: older words do not count there. */
  asOf?: number | undefined;
}

/** What this node saw of it just now. */
export type Seen = Pick<Attestation, "found" | "accountId" | "checkedAt">;

/** What attesters say of a link. */
export interface Collected {
  linkId: string;
  accountId: string;
  /** In ascending order of their addresses, as the contract wants them. */
  words: readonly Word[];
  /** How many make a quorum; null where the chain could not be asked. */
  quorum: number | null;
  /** Whether these are a quorum: if not, the contract makes a claim of them. */
  isQuorum: boolean;
  /** Packed as the contract takes it. */
  proof: string;
}

/** Collects the words of a quorum about what this node saw itself. */
export class Quorum {
  readonly #attester: Attester;
  readonly #attesters: Attesters;
  readonly #peers: Peers;
  readonly #log: Logger;

  constructor(parts: { attester: Attester; attesters: Attesters; peers: Peers; log: Logger }) {
    this.#attester = parts.attester;
    this.#attesters = parts.attesters;
    this.#peers = parts.peers;
    this.#log = parts.log;
  }

  /**
   * This node's word on what it saw, with those of peers who saw the same, until they are a quorum. Where they do not become
   * one in time, it answers with what there is. Never throws for a peer's sake.
   */
  async collect(asked: AttestedLink, seen: Seen): Promise<Collected> {
    const id = linkId(asked.link, asked.signature.raw);
    const { found, accountId, checkedAt } = seen;
    const statement = { linkId: id, found, accountId };
    const own = this.#attester.sign({ ...statement, checkedAt });
    const words = new Map([[own.attester, own]]);
    const rules = await this.#rules(asked.link.platform);
    if (rules === null) return collected(statement, words, null, false);
    const missing = () => rules.quorum - [...words.keys()].filter((attester) => rules.active.has(attester)).length;
    if (missing() > 0) {
      await this.#peers
        .ask(questionOf(asked, accountId), missing(), (answer) => {
          const word = readWord(statement, answer);
          if (!rules.active.has(word.attester)) throw new Error(`signed by ${word.attester}, who is no attester`);
          if (word.checkedAt <= (asked.asOf ?? 0))
            throw new Error(`is dated ${word.checkedAt}, before what it is to turn`);
          if (!words.has(word.attester)) words.set(word.attester, word);
          return missing();
        })
        .catch((error: unknown) => this.#log.warn({ error: messageOf(error) }, "peers could not be asked"));
    }
    return collected(statement, words, rules.quorum, missing() <= 0);
  }

  /** For /metrics: each peer with its last success and failure. */
  status(): { peers: PeerStatus[] } {
    return { peers: this.#peers.status() };
  }

  /** What everybody may know of the peers. */
  peers(): Promise<PublishedPeer[]> {
    return this.#peers.published();
  }

  /** Who counts and how many must; null where the chain cannot be asked. The contract judges in any case. */
  async #rules(platform: string): Promise<{ active: ReadonlySet<string>; quorum: number } | null> {
    try {
      const [active, quorum] = await Promise.all([this.#attesters.active(), this.#attesters.quorumOf(platform)]);
      return { active, quorum };
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, "the attesters' registry could not be asked");
      return null;
    }
  }
}

function collected(
  statement: Omit<Attestation, "checkedAt">,
  words: ReadonlyMap<string, Word>,
  quorum: number | null,
  isQuorum: boolean,
): Collected {
  const { linkId: id, accountId } = statement;
  const sorted = [...words.values()].sort((a, b) => (a.attester < b.attester ? -1 : 1));
  return { linkId: id, accountId, words: sorted, quorum, isQuorum, proof: packAttestations(accountId, sorted) };
}

/** The body of POST /v1/attestations that asks a peer for its own look. */
function questionOf({ link, avatar, signature, location }: AttestedLink, accountId: string): object {
  return {
    peers: false,
    action: link.action,
    platform: link.platform,
    identity: link.identity,
    public_key: avatar.compressed,
    prev: link.prev,
    uuid: link.uuid,
    created_at: String(link.createdAt),
    proof_location: location,
    account_id: accountId,
    extra: { signature: signature.base64 },
  };
}

/** What is read of a peer's answer. The rest, such as who signed, is for people. */
const wordAnswer = z.object({
  link_id: z.string(),
  found: z.boolean(),
  account_id: z.string(),
  checked_at: z.string().regex(/^\d{1,12}$/),
  signature: z.string().regex(/^0x[0-9a-f]{130}$/i),
});

/**
 * Reads a peer's word.
 *
 * @throws where it is none about exactly this statement, made just now.
 */
function readWord(statement: Omit<Attestation, "checkedAt">, answer: unknown): Word {
  const { link_id, found, account_id, checked_at, signature: bytes } = wordAnswer.parse(answer);
  if (link_id !== statement.linkId) throw new Error(`is about ${link_id} instead of ${statement.linkId}`);
  if (found !== statement.found || account_id !== statement.accountId) {
    throw new Error(`says found ${found} of account ${account_id}, we ${statement.found} of ${statement.accountId}`);
  }
  const checkedAt = Number(checked_at);
  const now = Date.now() / 1000;
  if (checkedAt > now + CLOCK_SKEW || checkedAt < now - MAX_AGE) {
    throw new Error(`is dated ${checkedAt}, which is not now`);
  }
  // The contract takes v in {27, 28} alone, and no high s, which ethers refuses too.
  const signature = EthersSignature.from(bytes).serialized;
  return { attester: recoverAttester({ ...statement, checkedAt }, signature).toLowerCase(), checkedAt, signature };
}

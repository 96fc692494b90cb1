import { type Result, concat } from "ethers";

import {
  SUBKEY_ALGORITHMS,
  type Subkey,
  type SubkeyDomain,
  contractPublicKey,
  parsePublicKey,
  parseSubkeyPublicKey,
  recoverPublicKey,
  recoverSubkeySigner,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyRevocationHash,
  subkeyText,
} from "../protocol/index.ts";
import type { ChainLog } from "./chain.ts";
import { isEs256Signature } from "./es256.ts";
import type { Findings } from "./findings.ts";
import type { Row } from "./rows.ts";

/** Where a subkey stands, as far as it was read. */
interface Standing {
  avatar: string;
  id: string;
  avatarKey: string | null;
  subkey: Subkey | null;
  publicKeyText: string | null;
  name: string;
  expiresAt: number;
  /** Null where its earlier events were not read. */
  nonce: number | null;
  authorized: boolean;
  signature: string | null;
  possession: string | null;
  authorizedAt: number | null;
  updatedAt: number;
  block: number;
  transactionHash: string;
  logIndex: number;
  /** Whether its first event was read. */
  whole: boolean;
}

/** What a SubkeyImported says of the SubkeyAuthorized right behind it. */
interface Import {
  avatar: string;
  id: string;
  avatarPublicKey: string;
  publicKeyText: string;
  log: ChainLog;
}

/** The SubkeyRegistry as its events tell it, with both sides' signatures and the contract's rules checked again. */
export class SubkeyModel {
  readonly #domain: SubkeyDomain;
  readonly #findings: Findings;
  readonly #whole: boolean;
  readonly #standings = new Map<string, Standing>();
  #imported: Import | null = null;

  /** @param whole whether the first block of the registry is read. */
  constructor(domain: SubkeyDomain, findings: Findings, whole: boolean) {
    this.#domain = domain;
    this.#findings = findings;
    this.#whole = whole;
  }

  read(name: string, args: Result, log: ChainLog): void {
    if (!name.startsWith("Subkey")) return;
    const imported = this.#imported;
    this.#imported = null;
    const [avatar, id] = [(args.getValue("avatar") as string).toLowerCase(), args.getValue("subkeyId") as string];
    if (imported && name !== "SubkeyAuthorized") this.#problem(imported, "was imported and not authorised");
    if (name === "SubkeyImported") {
      const avatarPublicKey = args.getValue("avatarPublicKey") as string;
      this.#imported = { avatar, id, avatarPublicKey, publicKeyText: args.getValue("publicKeyText") as string, log };
    } else if (name === "SubkeyAuthorized") this.#readAuthorized({ avatar, id }, args, log, imported);
    else this.#readEnd(name, { avatar, id }, args, log);
  }

  #problem({ avatar, id }: { avatar: string; id: string }, detail: string): void {
    this.#findings.add("log", `subkey ${id} of ${avatar}`, detail);
  }

  #readAuthorized(at: { avatar: string; id: string }, args: Result, log: ChainLog, imported: Import | null): void {
    const text = (field: string) => args.getValue(field) as string;
    const number = (field: string) => Number(args.getValue(field));
    const subkey: Subkey = {
      algorithm: SUBKEY_ALGORITHMS[number("algorithm")]!,
      ...{ publicKey: text("publicKey"), rpId: text("rpId") },
    };
    const [name, expiresAt, nonce] = [text("name"), number("expiresAt"), number("nonce")];
    const [signature, possession] = [text("signature"), text("possession")];
    const before = this.#standings.get(keyOf(at));
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) this.#problem(at, otherwise);
    };
    this.#findings.count("subkeys' authorisations");
    if (before ? before.nonce !== null : this.#whole)
      demand(nonce === (before?.nonce ?? 0), `uses nonce ${nonce} and not ${before?.nonce ?? 0}`);
    if (expiresAt !== 0) demand(expiresAt > log.time, `expired at ${expiresAt}, before it was authorised`);
    let avatarKey: string | null = null;
    try {
      demand(subkeyId(subkey) === at.id, "has another id than its key gives");
      const authorization = { avatar: at.avatar, subkey, name, expiresAt, nonce };
      const digest = subkeyAuthorizationHash(this.#domain, authorization);
      if (imported) {
        demand(
          keyOf(imported) === keyOf(at) && imported.log.transactionHash === log.transactionHash,
          "was not what was imported",
        );
        demand(name === "" && expiresAt === 0 && nonce === 0, "is of Next.ID's text, and says more than that");
        avatarKey = parsePublicKey(concat(["0x04", imported.avatarPublicKey])).compressed;
        const signed = subkeyText({ avatar: avatarKey, ...subkey, publicKey: imported.publicKeyText });
        const named = parseSubkeyPublicKey(subkey.algorithm, imported.publicKeyText);
        demand(named === subkey.publicKey, "was imported by another key's text");
        const signer = recoverPublicKey(signed, signature).address.toLowerCase();
        demand(signer === at.avatar, `is not signed by its avatar: the signature is of ${signer}`);
      } else {
        const signer = recoverSubkeySigner(digest, signature);
        avatarKey = signer.compressed;
        demand(
          signer.address.toLowerCase() === at.avatar,
          `is not signed by its avatar: the signature is of ${signer.address}`,
        );
      }
      demand(isSignedBy(subkey, digest, possession), "is not signed by the subkey");
      this.#findings.count("subkeys' signatures", 2);
    } catch (error) {
      this.#problem(at, `cannot be an authorisation: ${(error as Error).message}`);
    }
    this.#standings.set(keyOf(at), {
      ...at,
      ...{ avatarKey, subkey, name, expiresAt, nonce: nonce + 1, authorized: true, signature, possession },
      publicKeyText: imported ? imported.publicKeyText : (before?.publicKeyText ?? null),
      authorizedAt: log.time,
      whole: before?.whole ?? nonce === 0,
      ...changeOf(log),
    });
  }

  #readEnd(event: string, at: { avatar: string; id: string }, args: Result, log: ChainLog): void {
    const before = this.#standings.get(keyOf(at));
    const nonce = Number(args.getValue("nonce"));
    const expected = before ? before.nonce : this.#whole ? 0 : null;
    this.#findings.count("subkeys' revocations");
    if (expected !== null) {
      const right = nonce === expected || (before?.authorized === true && nonce === expected - 1);
      if (!right) this.#problem(at, `is ended by nonce ${nonce} and not ${expected}`);
    }
    const proof = args.getValue(event === "SubkeyRevoked" ? "signature" : "proof") as string;
    this.#checkEnd(event, at, before, nonce, proof);
    const change = { nonce: expected === null ? null : expected + 1, authorized: false, ...changeOf(log) };
    this.#standings.set(keyOf(at), {
      ...(before ?? {
        ...at,
        ...{ avatarKey: null, subkey: null, publicKeyText: null, name: "", expiresAt: 0 },
        ...{ signature: null, possession: null, authorizedAt: null, whole: this.#whole },
      }),
      ...change,
    });
  }

  #checkEnd(
    event: string,
    at: { avatar: string; id: string },
    before: Standing | undefined,
    nonce: number,
    proof: string,
  ): void {
    // The avatar sent the transaction itself.
    if (event === "SubkeyRevoked" && proof === "0x") return;
    if (event === "SubkeyRenounced" && before?.authorized !== true) {
      if (before || this.#whole) this.#problem(at, "renounces what it has not");
      return;
    }
    if (!before?.subkey) {
      // Its key was never told: the digest that was signed has it.
      this.#findings.leave("revocations of subkeys that were never authorised");
      return;
    }
    const digest = subkeyRevocationHash(this.#domain, { avatar: at.avatar, subkey: before.subkey, nonce });
    const good =
      event === "SubkeyRenounced" ? isSignedBy(before.subkey, digest, proof) : isSignedByAvatar(at, digest, proof);
    this.#findings.count("subkeys' signatures");
    if (!good)
      this.#problem(
        at,
        `is ended by a signature that is not ${event === "SubkeyRenounced" ? "its own" : "its avatar's"}`,
      );
  }

  /** What the table `subkey` must say. */
  *rows(): Generator<Row> {
    for (const { subkey, whole, block, id, avatar, nonce, authorized, ...standing } of this.#standings.values()) {
      const { avatarKey, publicKeyText, name, expiresAt, signature, possession, authorizedAt } = standing;
      // Its authorisation may lie before what was read.
      const known = whole || subkey !== null;
      const authorization = {
        ...{ avatar_key: avatarKey, algorithm: subkey?.algorithm ?? null, public_key: subkey?.publicKey ?? null },
        ...{
          rp_id: subkey?.rpId ?? null,
          name,
          expires_at: expiresAt,
          signature,
          possession,
          authorized_at: authorizedAt,
        },
      };
      yield {
        ...{ avatar, subkey_id: id, nonce: nonce ?? undefined, authorized },
        ...(known
          ? authorization
          : Object.fromEntries(Object.keys(authorization).map((column) => [column, undefined]))),
        public_key_text: whole ? publicKeyText : undefined,
        ...{ updated_at: standing.updatedAt, block_number: block },
        ...{ transaction_hash: standing.transactionHash, log_index: standing.logIndex },
      };
    }
  }

  /** Where the contract's storage must stand. */
  *stored(): Generator<{ avatar: string; id: string; nonce: number | null; validUntil: bigint }> {
    for (const { avatar, id, nonce, authorized, expiresAt } of this.#standings.values()) {
      const validUntil = expiresAt === 0 ? 2n ** 64n - 1n : BigInt(expiresAt);
      yield { avatar, id, nonce, validUntil: authorized ? validUntil : 0n };
    }
  }
}

function keyOf({ avatar, id }: { avatar: string; id: string }): string {
  return `${avatar} ${id}`;
}

function isSignedBy(subkey: Subkey, digest: string, proof: string): boolean {
  if (subkey.algorithm === "es256") return isEs256Signature(subkey, digest, proof);
  try {
    return contractPublicKey(recoverSubkeySigner(digest, proof)) === subkey.publicKey;
  } catch {
    return false;
  }
}

function isSignedByAvatar({ avatar }: { avatar: string }, digest: string, signature: string): boolean {
  try {
    return recoverSubkeySigner(digest, signature).address.toLowerCase() === avatar;
  } catch {
    return false;
  }
}

function changeOf({ block, time, transactionHash, index }: ChainLog) {
  return { block, updatedAt: time, transactionHash, logIndex: index };
}

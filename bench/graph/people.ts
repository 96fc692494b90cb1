import { createCipheriv } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";

import { payloadHash } from "@syngraph/sdk/protocol";
import { computeAddress, concat, getBytes, hexlify } from "ethers";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import secp256k1 from "secp256k1";

import type { VertexId } from "../../api/graph/types.ts";

/** How much there is of everything. */
export interface Sizes {
  people: number;
  /** Identities that the avatar of the largest component has. */
  crowd: number;
  /** Names that say they stand for one address, which never asked for it. */
  spam: number;
}

/** What was loaded, and whom one may ask for. */
export interface Loaded {
  identities: number;
  edges: number;
  /** Some identities of people, of all kinds. */
  asked: VertexId[];
  crowd: VertexId;
  victim: VertexId;
  prefixes: string[];
}

/** Not the stack's own chain: all its posts would be due for a look at once, and in its journal. */
const CHAIN = 10;

interface Avatar {
  address: string;
  publicKey: string;
}

const { ecdsaSign, publicKeyCreate } = secp256k1;
const ACCOUNTS = ["twitter", "github", "keybase", "dns"];

/** Bytes that are the same in each run: the key stream of AES, since there are a few hundred megabytes of them. */
function generator(): (length: number) => Buffer {
  const stream = createCipheriv("aes-128-ctr", Buffer.alloc(16, "people"), Buffer.alloc(16));
  const zeros = Buffer.alloc(2 ** 20);
  let [bytes, at] = [zeros, zeros.length];
  return (length) => {
    if (at + length > bytes.length) [bytes, at] = [stream.update(zeros), 0];
    at += length;
    return bytes.subarray(at - length, at);
  };
}

/**
 * Fills the tables of an indexer, by COPY, with people: each an avatar with one to eleven identities, wallets and accounts,
 * and half of the wallets with a name that is theirs both ways.
 */
export async function loadPeople(client: Client, schema: string, sizes: Sizes): Promise<Loaded> {
  const random = generator();
  const below = (n: number) => random(4).readUInt32LE() % n;
  const hex = (digits: number) => `0x${random(digits / 2).toString("hex")}`;
  const word = () => {
    let text = "";
    for (let left = 4 + below(8); left > 0; left--) text += "aaeeiioubcdfghklmnprstvwz0123456789"[below(35)];
    return text;
  };
  const now = Math.floor(Date.now() / 1000);
  const tables = new Map<string, string[]>();
  const put = (table: string, row: Record<string, string | number>) => {
    const columns = Object.keys(row).join();
    const key = `${table} (${columns})`;
    const rows = tables.get(key);
    const line = `${Object.values(row).join("\t")}\n`;
    if (rows) rows.push(line);
    else tables.set(key, [line]);
  };
  const flush = async () => {
    for (const [into, lines] of tables) {
      await pipeline(Readable.from(chunks(lines)), client.query(copyFrom(`COPY ${schema}.${into} FROM STDIN`)));
    }
    tables.clear();
  };
  let [identities, edges, sequence] = [0, 0, 0];
  const asked: VertexId[] = [];
  const prefixes: string[] = [];

  const bind = (avatar: Avatar, platform: string, identity: string, accountId: string, key?: Buffer) => {
    const [link, uuid, time] = [hex(64), hex(32), now - below(80 * 86_400)];
    const text = {
      action: "create" as const,
      platform,
      identity,
      avatar: avatar.publicKey,
      prev: null,
      createdAt: time,
      uuid,
    };
    sequence++;
    identities++;
    edges++;
    put("binding", {
      ...{
        chain_id: CHAIN,
        key: hex(64),
        avatar: avatar.address,
        identity_key: hex(64),
        platform,
        identity,
        status: "confirmed",
        link,
      },
      ...{ account_id: accountId, proof_location: hex(32), as_of: time, attesters: "{}", attestations: "0x" },
      ...{ created_at: time, updated_at: time, transaction_hash: hex(64), log_index: 0 },
    });
    put("link", {
      ...{ chain_id: CHAIN, id: link, avatar: avatar.address, sequence, action: "create", platform, identity, uuid },
      ...{
        created_at: time,
        proof: key ? sign(key, payloadHash(text)) : "0x",
        proof_location: hex(32),
        account_id: accountId,
        status: "confirmed",
      },
      ...{ block_number: sequence, block_time: time, transaction_hash: hex(64), log_index: 0 },
    });
  };
  const joined = (kind: string, from: [string, string], to: [string, string]) => {
    edges++;
    put("edge", {
      ...{
        chain_id: 1,
        slot: `ens:${kind}:${hex(64)}`,
        source: "ens",
        kind,
        from_platform: from[0],
        from_identity: from[1],
      },
      ...{ to_platform: to[0], to_identity: to[1], since: now - below(10_000_000), block_number: sequence },
      ...{ transaction_hash: hex(64), log_index: 0 },
      rests_on: kind === "reverse_resolve" ? "\\N" : `{${kind === "hold" ? to[1] : from[1]}}`,
    });
  };
  const nameOf = (wallet: string) => {
    identities++;
    const name: [string, string] = ["ens", `${word()}${sequence}.eth`];
    put("name", {
      ...{ chain_id: 1, platform: name[0], identity: name[1], uid: hex(64), texts: "{}", updated_at: now },
      expires_at: now + 86_400 * 400,
    });
    joined("hold", ["ethereum", wallet], name);
    joined("resolve", name, ["ethereum", wallet]);
    joined("reverse_resolve", ["ethereum", wallet], name);
    return name;
  };
  const person = (wallets: number, accounts: number) => {
    const avatar: Avatar = {
      address: hex(40),
      publicKey: `0x${Buffer.from(publicKeyCreate(random(32))).toString("hex")}`,
    };
    const { publicKey } = avatar;
    identities++;
    put("avatar", { chain_id: CHAIN, address: avatar.address, public_key: publicKey });
    const own: VertexId[] = [{ platform: "nextid", identity: publicKey }];
    for (let left = wallets; left > 0; left--) {
      // Whether the wallet signed is asked of those only of which another chain says something too.
      const key = below(6) === 0 ? random(32) : undefined;
      const wallet = key ? walletOf(key) : hex(40);
      bind(avatar, "ethereum", wallet, "", key);
      own.push({ platform: "ethereum", identity: wallet });
      if (key) own.push(vertex(nameOf(wallet)));
    }
    for (let left = accounts; left > 0; left--) {
      const [platform, handle] = [ACCOUNTS[below(ACCOUNTS.length)]!, `${word()}${identities.toString(36)}`];
      const identity = platform === "dns" ? `${handle}.example` : handle;
      bind(avatar, platform, identity, platform === "dns" ? "" : String(sequence));
      own.push({ platform, identity });
      if (below(5_000) === 0) prefixes.push(handle.slice(0, 1 + below(5)));
    }
    return own;
  };

  const crowd = person(sizes.crowd / 2, sizes.crowd / 2)[0]!;
  const victim = person(2, 3).find(({ platform }) => platform === "ethereum")!;
  for (let made = 0; made < sizes.people; made++) {
    const own = person(1 + below(3), below(9));
    if (below(sizes.people / 2_000) === 0) asked.push(own[below(own.length)]!);
    if (made % 20_000 === 0) await flush();
  }
  for (let made = 0; made < sizes.spam; made++) {
    joined("resolve", ["ens", `${word()}.${made}.spam.eth`], ["ethereum", victim.identity]);
    if (made % 100_000 === 0) await flush();
  }
  await flush();
  return { identities, edges: edges - sizes.spam, asked, crowd, victim, prefixes };
}

function walletOf(key: Buffer): string {
  return computeAddress(hexlify(publicKeyCreate(key, false))).toLowerCase();
}

function sign(key: Buffer, digest: string): string {
  const { signature, recid } = ecdsaSign(getBytes(digest), key);
  return concat([signature, Uint8Array.of(27 + recid)]);
}

function vertex([platform, identity]: [string, string]): VertexId {
  return { platform, identity };
}

function* chunks(lines: readonly string[]): Generator<string> {
  for (let at = 0; at < lines.length; at += 2_000) yield lines.slice(at, at + 2_000).join("");
}

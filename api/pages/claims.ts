import type { PublicKey } from "@syngraph/sdk/protocol";
import { TWO_SIDED_PLATFORMS, didKey, parsePublicKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import type { Edge, Graph, Level, VertexId } from "../graph/types.ts";
import { platformOf } from "../platforms/index.ts";
import { type Avatar, avatarOf } from "../proofs/read/avatars.ts";
import type { Binding } from "../proofs/read/bindings.ts";
import { validityOf } from "../proofs/read/search.ts";
import { urisOf } from "../proofs/read/uris.ts";
import { type ProofEvidence, type Standing, isProof } from "./words.ts";

/** What is asked to tell who somebody is. */
export interface Sources {
  reads: Pool;
  graph: Graph;
}

/** Something that both sides stood for, and what it rests on now. */
export interface ProfileClaim extends VertexId {
  /** The platform's name. */
  on: string;
  standing: Exclude<Standing, "unverified">;
  /** Null where it is no longer valid. */
  evidence: ProofEvidence | null;
  level: Level | null;
  /** Unix seconds. */
  createdAt: number;
  lastCheckedAt: number;
  /** The account's address, or a URI of its kind. */
  uri: string | null;
  /** Where the post is. */
  proofUri: string | null;
}

/** Somebody as their page shows them. */
export interface Profile {
  key: PublicKey;
  did: string;
  /** When the latest of the avatar's links was signed, Unix seconds. */
  changedAt: number;
  /** What is verified first, and what says most of it first. */
  claims: ProfileClaim[];
}

/** Most edges of an avatar whose evidence is looked up. */
const MAX_EDGES = 500;

/** Who an avatar is; undefined where no chain knows it. What it only claims itself is left out. */
export async function profileOf({ reads, graph }: Sources, address: string): Promise<Profile | undefined> {
  const avatar = await avatarOf(reads, address);
  if (!avatar) return undefined;
  const vertex = { platform: "nextid", identity: avatar.public_key };
  const [edges] = await graph.incident([vertex], { level: 1, cap: MAX_EDGES });
  const key = parsePublicKey(avatar.public_key);
  const changedAt = Math.max(...avatar.chains.map(({ activated_at }) => activated_at));
  return { key, did: didKey(key), changedAt, claims: claimsOf(avatar, edges!) };
}

function claimsOf({ bindings }: Avatar, edges: readonly Edge[]): ProfileClaim[] {
  const byLink = new Map(edges.flatMap((edge) => edge.references.map(({ linkId }) => [linkId, edge] as const)));
  return bindings
    .filter(({ status }) => status === "confirmed" || status === "suspended")
    .flatMap((binding) => claimOf(binding, byLink.get(binding.link_id)) ?? [])
    .toSorted(byWeight);
}

/** Undefined where it stands, and what it rests on is not among what was looked up: that it is gone, would not be true. */
function claimOf(binding: Binding, edge: Edge | undefined): ProfileClaim | undefined {
  const { platform, identity } = binding;
  const { uri, proof_uri: proofUri } = urisOf(binding);
  const isValid = validityOf(binding).is_valid;
  if (isValid && !edge) return undefined;
  const rests = isValid && edge && isProof(edge.evidence) ? edge : undefined;
  return {
    ...{ platform, identity, on: platformOf(platform)?.name ?? platform },
    standing: rests ? (rests.disputed ? "disputed" : "verified") : "invalid",
    evidence: rests ? (rests.evidence as ProofEvidence) : null,
    level: rests?.level ?? null,
    createdAt: binding.created_at,
    lastCheckedAt: Math.max(binding.last_checked_at, rests?.lastSeen ?? 0),
    ...{ uri, proofUri },
  };
}

const STANDINGS: readonly Standing[] = ["verified", "disputed", "invalid"];

/** What is verified first; of that names before keys, then the surest, then the oldest. */
function byWeight(a: ProfileClaim, b: ProfileClaim): number {
  return (
    STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
    Number(isKey(a)) - Number(isKey(b)) ||
    (b.level ?? 0) - (a.level ?? 0) ||
    a.createdAt - b.createdAt ||
    (a.identity < b.identity ? -1 : 1)
  );
}

/** Whether an identity is a key or an address, which nobody knows anybody by. */
function isKey({ platform }: VertexId): boolean {
  return (TWO_SIDED_PLATFORMS as readonly string[]).includes(platform);
}

/** What somebody is called: by what was asked for, where that is theirs now, else by what says most; undefined for a key alone. */
export function nameOf({ claims }: Profile, asked?: VertexId): ProfileClaim | undefined {
  const own =
    asked &&
    claims.find(
      ({ platform, identity, standing }) =>
        platform === asked.platform && identity === asked.identity && standing !== "invalid",
    );
  return own ?? claims.find((claim) => claim.standing === "verified");
}

import { z } from "zod";

import { EDGE_KINDS, EVIDENCE_KINDS, type Edge, type Level, type Reference, type VertexId } from "../graph/types.ts";
import { hashText } from "../shapes.ts";

/** Unix seconds as what is ours prints them. */
export const timeNumber = z.int().meta({ description: "Unix seconds." });

export const levelNumber = z
  .int()
  .min(1)
  .max(5)
  .meta({ description: "Confidence, from 1 (insecure) to 5 (very confident): of the kind of evidence, and its age." });

/** An identity by its name alone. */
export const vertexShape = z
  .object({ platform: z.string(), identity: z.string().meta({ description: "In the platform's normal form." }) })
  .meta({ id: "Vertex" });

const referenceShape = z
  .object({
    chain_id: z.int(),
    tx_hash: hashText,
    log_index: z.int(),
    block: z.int(),
    link_id: hashText.nullable().meta({ description: "Of our own links; null of what another registry says." }),
    proof_location: z.string(),
  })
  .meta({ id: "Reference", description: "Where a connection can be verified again." });

/** A connection with all that it takes to verify it again. */
export const edgeShape = z
  .object({
    id: z.string(),
    kind: z.enum(EDGE_KINDS),
    from: vertexShape,
    to: vertexShape,
    source: z.string().meta({ description: "The registry that says so; `nextid` for our own links." }),
    evidence: z.enum(EVIDENCE_KINDS).meta({
      description:
        "`signatures`: both sides signed. `holding`: a contract keeps who holds it. `agreement`: name and address say it of " +
        "each other. `account`: attesters saw a post, and the account's stable id. `handle`: attesters saw a post or " +
        "record under a name that may pass to somebody else. `statement`: one side says so. `third_party`: somebody else.",
    }),
    level: levelNumber,
    first_seen: timeNumber,
    last_seen: timeNumber.meta({
      description: "When it was last seen to be so; of what a contract keeps, when asked.",
    }),
    disputed: z.boolean().meta({
      description: "Whether others have a better claim, as an avatar with a later proof; its level is 2 at most.",
    }),
    references: z.array(referenceShape),
  })
  .meta({ id: "Edge" });

/** As routes print it. */
export function printEdge(edge: Edge): z.infer<typeof edgeShape> {
  return {
    id: edge.uuid,
    kind: edge.kind,
    from: printVertex(edge.from),
    to: printVertex(edge.to),
    source: edge.source,
    evidence: edge.evidence,
    level: edge.level,
    first_seen: edge.firstSeen,
    last_seen: edge.lastSeen,
    disputed: edge.disputed,
    references: edge.references.map(printReference),
  };
}

export function printVertex({ platform, identity }: VertexId): z.infer<typeof vertexShape> {
  return { platform, identity };
}

function printReference(reference: Reference): z.infer<typeof referenceShape> {
  return {
    chain_id: reference.chainId,
    tx_hash: reference.transactionHash,
    log_index: reference.logIndex,
    block: reference.block,
    link_id: reference.linkId,
    proof_location: reference.proofLocation,
  };
}

/** The least of some levels; the highest where there are none. */
export function weakest(edges: readonly Edge[]): Level {
  return edges.reduce<Level>((least, { level }) => (level < least ? level : least), 5);
}

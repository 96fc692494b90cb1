import { TWO_SIDED_PLATFORMS } from "@syngraph/sdk/protocol";

import { STRIKES } from "../checks/outcome.ts";

/**
 * The walk over the graph, as functions in the schema `api`: one question is one round trip, however far it goes. Their
 * bodies are texts, which PostgreSQL binds when they run: the views in `indexer` may be turned at any time.
 */

const DAY = 24 * 3600;

/** Of how many avatars with one account the newest is sought. Where there are more, none of them is believed. */
export const RIVALS = 64;

/**
 * So many rows of a kind are read of one vertex, however little is told: what is over, expired or disputed is read as well, and a
 * few of these must not hide what stands.
 */
const LEAST_READ = 256;

/** How many vertices may have as many edges as are read of one, before no more are read in one step. */
const BUDGET = 4;

const list = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(", ");

/** An edge as the walk meets it: from which of the vertices asked for, or only that there was more than is read there. */
export const GRAPH_TYPE = `
  CREATE TYPE api.graph_edge AS (
    sentinel boolean, kind text, source text,
    from_platform text, from_identity text, to_platform text, to_identity text,
    evidence text, disputed boolean, level integer, first_seen integer, last_seen integer,
    -- What names it: the linkId it rests on, or another registry's chain, slot and beginning.
    name text,
    -- Where it stands, best first; and of each the link, or of another registry's edge the transaction, with its place.
    chains integer[], links text[], locations text[], block numeric, log_index integer
  )`;

/** The one place that says how much an edge is worth. */
const LEVEL = `
  CREATE OR REPLACE FUNCTION api.graph_level(evidence text, disputed boolean, last_seen integer, at integer) RETURNS integer
  LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(1, least(
      CASE evidence WHEN 'account' THEN 4 WHEN 'handle' THEN 3 WHEN 'statement' THEN 2 WHEN 'third_party' THEN 1 ELSE 5 END
        - CASE WHEN evidence IN ('account', 'handle')
            THEN (at - last_seen > ${90 * DAY})::integer + (at - last_seen > ${365 * DAY})::integer ELSE 0 END,
      CASE WHEN disputed THEN 2 ELSE 5 END))
  $$`;

type When = "now" | "past";

/** What of our own is looked at: where weak edges are not asked for, claims are passed over without a look. */
type Strength = "strong" | "weak";

/** Bindings as they stand, or stood: so many of each status, in the order of an index. */
function bindings(when: When, strength: Strength, condition: string, order: string, limit: string | number): string {
  const standing = strength === "strong" ? ["confirmed"] : ["confirmed", "claimed"];
  const statuses = when === "now" ? standing : ["confirmed", "claimed", "suspended", "deleted"];
  const rows = statuses.map(
    (status) => `
      (SELECT b.chain_id, b.key, b.avatar, b.platform, b.identity, b.status, b.link, b.account_id, b.proof_location, b.as_of,
         b.created_at, b.updated_at
       FROM indexer.binding b
       WHERE ${condition} AND b.status = '${status}'
       ORDER BY ${order} LIMIT ${limit})`,
  );
  return `(${rows.join(" UNION ALL ")})`;
}

/** Where a binding `b` stood: as the last of its links and turns until then left it. */
function state(when: When): string {
  const now = `SELECT b.status::text AS status, b.link, b.account_id, b.proof_location, b.as_of`;
  if (when === "now") return `(${now})`;
  const latest = "ORDER BY block_time DESC, block_number DESC, log_index DESC LIMIT 1";
  return `(
      ${now} WHERE b.updated_at <= p_at
      UNION ALL
      (SELECT s.status, s.link, s.account_id, coalesce(nullif(s.proof_location, ''), l.proof_location),
         coalesce(s.as_of, CASE WHEN s.status = 'claimed' OR b.platform IN (${list(TWO_SIDED_PLATFORMS)})
           THEN l.created_at ELSE l.block_time END)
       FROM (
         (SELECT l.status::text AS status, l.id AS link, l.account_id, l.proof_location, NULL::integer AS as_of,
            l.block_time, l.block_number, l.log_index
          FROM indexer.link l
          WHERE l.avatar = b.avatar AND l.identity = b.identity AND l.platform = b.platform AND l.chain_id = b.chain_id
            AND l.block_time <= p_at AND l.status <> 'none' ${latest})
         UNION ALL
         (SELECT t.status::text, t.link, t.account_id, t.proof_location, t.as_of, t.block_time, t.block_number, t.log_index
          FROM indexer.turn t
          WHERE t.chain_id = b.chain_id AND t.binding = b.key AND t.block_time <= p_at ${latest})
         ${latest}
       ) s
       JOIN indexer.link l ON l.chain_id = b.chain_id AND l.id = s.link
       WHERE b.created_at <= p_at AND b.updated_at > p_at)
    )`;
}

/** Whether this node holds for invalid what stands on a link, by `c` of `api.checks`: see `BINDINGS` of the read side. */
function failing(when: When): string {
  const seenSince = "c.strikes >= " + String(STRIKES) + " AND c.last_checked_at >= s.as_of";
  return `coalesce(${seenSince}${when === "past" ? " AND c.first_failed_at <= p_at" : ""}, false)`;
}

const RANK = "array_position(ARRAY['confirmed', 'claimed'], s.status)";

/** When it was last seen to be so: by attesters, or by this node since. */
function lastSeen(when: When): string {
  const seen =
    when === "now" ? "c.last_confirmed_at" : "CASE WHEN c.last_confirmed_at <= p_at THEN c.last_confirmed_at END";
  return `greatest(s.as_of, ${seen})::integer`;
}

const CHECKS = "LEFT JOIN api.checks c ON c.chain_id = b.chain_id AND c.link_id = s.link";

/** All who have an account confirmed, or one more than are compared. */
function rivals(when: When, platform: string, identity: string): string {
  return bindings(when, "strong", `b.platform = ${platform} AND b.identity = ${identity}`, "b.avatar", RIVALS + 1);
}

/** Of those who have an account confirmed, whoever published the latest proof: the account's holder of then. */
function holder(when: When): string {
  return `
      SELECT CASE WHEN count(*) <= ${RIVALS} THEN (array_agg(r.avatar ORDER BY r.proved DESC, r.avatar)
        FILTER (WHERE NOT r.failing))[1] END
      FROM (
        SELECT b.avatar, least(l.created_at, l.block_time) AS proved, ${failing(when)} AS failing
        FROM ${rivals(when, "p_platform", "p_identity")} b
        CROSS JOIN LATERAL ${state(when)} s
        JOIN indexer.link l ON l.chain_id = b.chain_id AND l.id = s.link
        ${CHECKS}
        WHERE s.status = 'confirmed'
      ) r`;
}

/** Our own links' edges at `v`. */
function own(when: When, strength: Strength): string {
  const best = `ORDER BY ${RANK}, b.chain_id`;
  return `
  WITH v AS (
    SELECT * FROM unnest(p_platforms, p_identities) AS v (platform, identity)
  ), own AS MATERIALIZED (
    (SELECT v.identity AS public_key, 0 AS side, b.* FROM v
     CROSS JOIN LATERAL (
       SELECT a.address FROM indexer.avatar a WHERE a.public_key = v.identity AND v.platform = 'nextid' LIMIT 1
     ) a
     CROSS JOIN LATERAL ${bindings(when, strength, "b.avatar = a.address", "b.platform, b.identity", "p_scan")} b
     LIMIT p_scan * ${BUDGET})
    UNION ALL
    (SELECT a.public_key, 1, b.* FROM v
     CROSS JOIN LATERAL ${bindings(when, strength, "b.platform = v.platform AND b.identity = v.identity", "b.avatar", "p_scan")} b
     CROSS JOIN LATERAL (
       SELECT a.public_key FROM indexer.avatar a WHERE a.chain_id = b.chain_id AND a.address = b.avatar LIMIT 1
     ) a
     LIMIT p_scan * ${BUDGET})
  ), stood AS (
    SELECT b.public_key, b.avatar, b.platform, b.identity,
      array_agg(b.chain_id ${best}) AS chains, array_agg(s.link ${best}) AS links,
      array_agg(s.proof_location ${best}) AS locations,
      (array_agg(s.status ${best}))[1] AS status, (array_agg(s.account_id ${best}))[1] AS account_id,
      (array_agg(b.created_at ${best}))[1] AS first_seen, (array_agg(${lastSeen(when)} ${best}))[1] AS last_seen,
      (array_agg(${failing(when)} ${best}))[1] AS failing
    FROM (SELECT DISTINCT ON (b.chain_id, b.key) b.* FROM own b) b
    CROSS JOIN LATERAL ${state(when)} s
    ${CHECKS}
    WHERE s.status IN ('confirmed', 'claimed')
    GROUP BY b.public_key, b.avatar, b.platform, b.identity
  ), known AS (
    SELECT o.*, CASE
        WHEN o.status = 'claimed' THEN 'statement'
        WHEN o.platform IN (${list(TWO_SIDED_PLATFORMS)}) THEN 'signatures'
        WHEN o.account_id <> '' THEN 'account' ELSE 'handle' END AS evidence
    FROM stood o WHERE NOT (o.status = 'confirmed' AND o.failing)
  ), believed AS MATERIALIZED (
    SELECT k.*, CASE
        WHEN k.evidence NOT IN ('account', 'handle') THEN false
        WHEN NOT EXISTS (SELECT FROM ${rivals(when, "k.platform", "k.identity")} o WHERE o.avatar <> k.avatar) THEN false
        ELSE api.graph_holder(k.platform, k.identity, ${when === "past"}, p_at) IS DISTINCT FROM k.avatar
      END AS disputed
    FROM known k
  )
  SELECT false, CASE WHEN k.platform = 'nextid' THEN 'alias' ELSE 'proof' END, 'nextid', 'nextid', k.public_key, k.platform,
    k.identity, k.evidence, k.disputed, k.level, k.first_seen, k.last_seen, k.links[1], k.chains, k.links, k.locations,
    NULL::numeric, NULL::integer
  FROM (SELECT k.*, api.graph_level(k.evidence, k.disputed, k.last_seen, p_at) AS level FROM believed k) k
  WHERE k.level >= p_level OR k.disputed
  UNION ALL
  ${sentinel("own", "status, CASE side WHEN 0 THEN avatar ELSE platform || ',' || identity END", CROWDED)}`;
}

/** What a sentinel of our own edges ends in: a vertex of which not all is known; of all together it may be any wallet. */
const CROWDED: [one: string, all: string] = [
  "CASE side WHEN 1 THEN max(platform) END, CASE side WHEN 1 THEN max(identity) END",
  "CASE side WHEN 1 THEN 'ethereum' END, NULL",
];

function nothing(columns: number): string {
  return Array.from({ length: columns }, () => "NULL").join(", ");
}

/** Tells that more was there than is read: of one vertex, or in all. */
function sentinel(rows: string, each: string, [one, all] = ["NULL, NULL", "NULL, NULL"]): string {
  const row = (end: string, groups: string, most: string) => `
  SELECT true, ${nothing(4)}, ${end}, ${nothing(11)} FROM ${rows}
  WHERE (SELECT count(*) FROM ${rows}) >= p_scan GROUP BY ${groups} HAVING count(*) >= ${most}`;
  return `${row(one, `side, ${each}`, "p_scan")} UNION ALL ${row(all, "side", `p_scan * ${BUDGET}`)}`;
}

/** How many statements of one name or address about the same other one are read: one for each chain that has it. */
const SAME = 8;

/** How much of what one name or address says is read where only that is asked for of which the other says the same. */
const AGREED = 100;

/** Rows `e` of other registries' edges that stand or stood; or `whatever` is there, with a column that tells which do. */
function joins(when: When, condition: string, order = "", whatever = false): string {
  const columns = `e.chain_id, e.slot, e.source, e.kind::text AS kind, e.from_platform, e.from_identity, e.to_platform,
         e.to_identity, e.since, e.block_number, e.transaction_hash, e.log_index`;
  // What rests on a name that has expired stands for nothing, though no event says so.
  const alive = `(e.rests_on IS NULL OR NOT EXISTS (
         SELECT FROM indexer.name m WHERE m.chain_id = e.chain_id AND m.platform = e.source AND m.identity = ANY (e.rests_on)
           AND m.expires_at <= p_at))`;
  const tables: Record<When, string[][]> = {
    now: [["edge", ""]],
    past: [
      ["edge", "e.since <= p_at AND"],
      ["past_edge", "e.since <= p_at AND e.until > p_at AND"],
    ],
  };
  const rows = tables[when].map(
    ([table, stands]) => `
      (SELECT ${columns}${whatever ? `, ${stands} ${alive} AS stands` : ""}
       FROM indexer.${table} e WHERE ${condition} ${whatever ? "" : `AND ${stands} ${alive}`}
       ${order})`,
  );
  return `(${rows.join(" UNION ALL ")})`;
}

/** The edges that say of `t` the other way round what it says. */
function back(when: When, t: string): string {
  return joins(
    when,
    `${t}.kind IN ('resolve', 'reverse_resolve') AND e.kind IN ('resolve', 'reverse_resolve') AND e.kind::text <> ${t}.kind
         AND e.from_platform = ${t}.to_platform AND e.from_identity = ${t}.to_identity
         AND e.to_platform = ${t}.from_platform AND e.to_identity = ${t}.from_identity`,
    `LIMIT ${SAME}`,
  );
}

/** What an edge `t` joins: its name, where it is `from`, and its address, whichever of them says so. */
function endOf(its: "from" | "to", part: "platform" | "identity"): string {
  return `CASE t.kind WHEN 'resolve' THEN t.${its}_${part} ELSE t.${its === "from" ? "to" : "from"}_${part} END`;
}

/**
 * Whether somebody else took a name over since the address called it its own, of an edge `t` and its `b` the other way round. The
 * address spoke of who held it then; whoever has it now may let it resolve there as it did.
 */
function left(when: When): string {
  const called = "CASE t.kind WHEN 'resolve' THEN b.since ELSE t.since END";
  const held = `e.to_platform = ${endOf("from", "platform")} AND e.to_identity = ${endOf("from", "identity")} AND e.kind = 'hold'`;
  return `(SELECT bool_or(h.since > ${called})
        AND NOT bool_or(h.from_platform = ${endOf("to", "platform")} AND h.from_identity = ${endOf("to", "identity")})
      FROM ${joins(when, held)} h)`;
}

/** Other registries' edges at `v`. */
function others(when: When, strength: Strength): string {
  const at = (side: number, end: "from" | "to", kinds: string) => {
    const other = end === "from" ? "to" : "from";
    return `(SELECT ${side} AS side, e.* FROM v CROSS JOIN LATERAL ${joins(
      when,
      `e.${end}_platform = v.platform AND e.${end}_identity = v.identity AND e.kind ${kinds}`,
      `ORDER BY e.kind, e.${other}_platform, e.${other}_identity, e.chain_id, e.slot LIMIT p_scan`,
      // What has come since, or is over, counts among what is read: there may be a million of it.
      true,
    )} e LIMIT p_scan * ${BUDGET})`;
  };
  // Anybody may say of anybody that a name stands for them, a million times. Where that joins nobody it is not looked at: what
  // both sides say is found from the side that says it of few.
  const sides = [
    at(0, "from", "= 'hold'"),
    at(1, "to", "= 'hold'"),
    at(2, "from", "IN ('resolve', 'reverse_resolve')"),
  ];
  if (strength === "weak") {
    for (const kind of ["resolve", "reverse_resolve", "claim", "recover"]) {
      sides.push(at(sides.length, "to", `= '${kind}'`));
    }
    sides.push(at(sides.length, "from", "IN ('claim', 'recover')"));
  }
  const goesBy = `e.from_platform = t.to_platform AND e.from_identity = t.to_identity AND e.kind = 'resolve'`;
  const its = bindings(when, "strong", "b.platform = t.to_platform AND b.identity = t.to_identity", "b.avatar", SAME);
  const another = `e.to_platform = t.to_platform AND e.to_identity = t.to_identity AND e.kind = 'hold'
         AND (e.from_platform <> t.from_platform OR e.from_identity <> t.from_identity)`;
  const theHolder = "AND e.to_platform = t.from_platform AND e.to_identity = t.from_identity";
  return `
  WITH v AS (
    SELECT * FROM unnest(p_platforms, p_identities) AS v (platform, identity)
  ), theirs AS MATERIALIZED (
    ${sides.join("\n    UNION ALL ")}
  ), said AS MATERIALIZED (
    SELECT t.*, b.chain_id AS b_chain_id, b.slot AS b_slot, b.source AS b_source, b.kind AS b_kind, b.since AS b_since,
      b.block_number AS b_block_number, b.transaction_hash AS b_transaction_hash, b.log_index AS b_log_index
    FROM theirs t
    LEFT JOIN LATERAL (SELECT b.* FROM ${back(when, "t")} b WHERE ${left(when)} IS NOT TRUE) b ON true
    WHERE t.stands
  ), weighed AS (
    SELECT DISTINCT ON (t.chain_id, t.slot, t.since, t.block_number, t.log_index) t.* FROM (
      SELECT chain_id, slot, source, kind, from_platform, from_identity, to_platform, to_identity, since, block_number,
        transaction_hash, log_index, b_chain_id IS NOT NULL AS agreed FROM said
      UNION ALL
      SELECT b_chain_id, b_slot, b_source, b_kind, to_platform, to_identity, from_platform, from_identity, b_since,
        b_block_number, b_transaction_hash, b_log_index, true FROM said WHERE b_chain_id IS NOT NULL
    ) t
    ORDER BY t.chain_id, t.slot, t.since, t.block_number, t.log_index, t.agreed DESC
  ), believed AS MATERIALIZED (
    SELECT t.*,
      CASE WHEN t.kind = 'hold' THEN 'holding' WHEN t.kind = 'recover' THEN 'third_party'
        WHEN t.agreed THEN 'agreement' ELSE 'statement' END AS evidence,
      -- Names are given away without asking who gets them: to hold one joins nobody with those who go by it.
      CASE WHEN t.kind <> 'hold' THEN false ELSE (
        EXISTS (SELECT FROM ${joins(when, another)} h)
        OR EXISTS (SELECT FROM ${joins(when, goesBy)} r CROSS JOIN LATERAL ${back(when, "r")} b)
        OR EXISTS (SELECT FROM ${its} b CROSS JOIN LATERAL ${state(when)} s WHERE s.status = 'confirmed')
      ) AND NOT EXISTS (
        SELECT FROM ${joins(when, `${goesBy} ${theHolder}`)} r
        CROSS JOIN LATERAL ${back(when, "r")} b
      ) END AS disputed
    FROM weighed t
  )
  SELECT false, t.kind, t.source, t.from_platform, t.from_identity, t.to_platform, t.to_identity, t.evidence, t.disputed,
    t.level, t.since, p_at, concat_ws('/', t.chain_id, t.slot, t.block_number, t.log_index),
    ARRAY[t.chain_id], ARRAY[t.transaction_hash], NULL::text[], t.block_number::numeric, t.log_index
  FROM (SELECT t.*, api.graph_level(t.evidence, t.disputed, p_at, p_at) AS level FROM believed t) t
  WHERE t.level >= p_level OR t.disputed
  UNION ALL
  ${sentinel("theirs", "kind, CASE WHEN side IN (1, 3, 4, 5, 6) THEN to_platform || ',' || to_identity ELSE from_platform || ',' || from_identity END")}`;
}

/** Edges of a relation of `api.graph_edge`, with where each can be looked up: our own by their links. */
function referenced(relation: string): string {
  return `SELECT e.kind, e.source, e.from_platform, e.from_identity, e.to_platform, e.to_identity, e.evidence, e.disputed,
      e.level, e.first_seen, e.last_seen, e.name, r.reference
    FROM ${relation} e CROSS JOIN LATERAL (
      SELECT json_build_array(json_build_object('chainId', e.chains[1], 'transactionHash', e.links[1], 'logIndex', e.log_index,
        'block', e.block, 'linkId', NULL, 'proofLocation', '')) AS reference WHERE e.source <> 'nextid'
      UNION ALL
      SELECT json_agg(json_build_object('chainId', l.chain_id, 'transactionHash', l.transaction_hash, 'logIndex', l.log_index,
        'block', l.block_number, 'linkId', l.id, 'proofLocation', r.location) ORDER BY r.n)
      FROM unnest(e.chains, e.links, e.locations) WITH ORDINALITY AS r (chain_id, id, location, n)
      JOIN indexer.link l ON l.chain_id = r.chain_id AND l.id = r.id
      WHERE e.source = 'nextid' HAVING count(*) > 0
    ) r`;
}

/**
 * One plan serves all, whatever the statistics say at its time: by indexes alone, and in their order, so that nobody's question
 * becomes a scan, or a sort of all that a hub has. Whom others call has it set already: to set it costs at each call.
 */
const BY_INDEX = [
  ...["jit = off", "plan_cache_mode = force_generic_plan"],
  ...["seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"].map((way) => `enable_${way} = off`),
]
  .map((setting) => `SET ${setting}`)
  .join(" ");

const OPTIONS = `LANGUAGE plpgsql STABLE ${BY_INDEX}`;

const QUESTION =
  "p_platforms text[], p_identities text[], p_past boolean, p_at integer, p_level integer, p_scan integer";

/** What a reader asks for of `own` or `others`: what nobody asks for is no part of a statement, which costs to begin. */
function asked(edges: (when: When, strength: Strength) => string): string {
  return `
    IF p_past THEN RETURN QUERY ${edges("past", "weak")};
    ELSIF p_level <= 2 THEN RETURN QUERY ${edges("now", "weak")};
    ELSE RETURN QUERY ${edges("now", "strong")};
    END IF;`;
}

/** Who holds an account that several avatars have confirmed. A function of its own, since hardly any account has two. */
const HOLDER = `
  CREATE OR REPLACE FUNCTION api.graph_holder(p_platform text, p_identity text, p_past boolean, p_at integer) RETURNS text
  LANGUAGE plpgsql STABLE AS $$
  BEGIN
    IF p_past THEN RETURN (${holder("past")}); END IF;
    RETURN (${holder("now")});
  END $$`;

/** Our own edges at some vertices that are worth `p_level`, and those that would be if they were not disputed. */
const OWN = `
  CREATE OR REPLACE FUNCTION api.graph_own(${QUESTION}) RETURNS SETOF api.graph_edge
  LANGUAGE plpgsql STABLE AS $$ BEGIN ${asked(own)} END $$`;

/** The same of other registries' edges. */
const OTHERS = `
  CREATE OR REPLACE FUNCTION api.graph_others(${QUESTION}) RETURNS SETOF api.graph_edge
  LANGUAGE plpgsql STABLE AS $$ BEGIN ${asked(others)} END $$`;

/** With whom of a name and an address each of some vertices agrees that they belong together, as the address has it. */
function agreeing(when: When): string {
  const from =
    "e.from_platform = v.platform AND e.from_identity = v.identity AND e.kind IN ('resolve', 'reverse_resolve')";
  return `
    SELECT v.n, o.to_identity FROM unnest(p_platforms, p_identities) WITH ORDINALITY AS v (platform, identity, n)
    CROSS JOIN LATERAL (
      SELECT t.to_identity FROM ${joins(when, from, `ORDER BY e.kind, e.to_platform, e.to_identity, e.chain_id, e.slot LIMIT ${AGREED}`, true)} t
      WHERE t.stands AND EXISTS (SELECT FROM ${back(when, "t")} b WHERE ${left(when)} IS NOT TRUE)
      ORDER BY t.source, t.to_platform, t.to_identity LIMIT 1
    ) o`;
}

/** The first name by which an address goes, or address that goes by a name; of who agrees with nobody, no row. */
const AGREEING = `
  CREATE OR REPLACE FUNCTION api.graph_agreeing(p_platforms text[], p_identities text[], p_past boolean, p_at integer)
  RETURNS TABLE (n bigint, identity text) ${OPTIONS} AS $$
  BEGIN
    IF p_past THEN RETURN QUERY ${agreeing("past")};
    ELSE RETURN QUERY ${agreeing("now")};
    END IF;
  END $$`;

/** Has a connection plan what it will run, as its questions would: by the settings of whom these call. */
const PLAN = `
  CREATE OR REPLACE FUNCTION api.graph_plan() RETURNS void ${OPTIONS} AS $$
  BEGIN
    ${[
      [true, 1],
      [false, 1],
      [false, 5],
    ]
      .flatMap(([past, level]) =>
        ["own", "others"].map((edges) => `PERFORM FROM api.graph_${edges}('{}', '{}', ${past}, 0, ${level}, 1);`),
      )
      .join("\n    ")}
  END $$`;

/** The wallets of which not all bindings are among some edges; null stands for any. */
function crowdedAmong(relation: string): string {
  return `(SELECT coalesce(json_agg(e.to_identity), '[]') FROM ${relation} e WHERE e.sentinel AND e.to_platform = 'ethereum')`;
}

/** The edges at some vertices, as the walk has them. */
export const MET = `
  WITH met AS MATERIALIZED (SELECT * FROM api.graph_incident($1, $2, $3, $4, $5, $6))
  SELECT (SELECT coalesce(json_agg(e), '[]') FROM (${referenced("met")}) e) AS edges, ${crowdedAmong("met")} AS crowded`;

/** Whether another registry knows a vertex `v`: without that there is nothing to ask of them. */
function isElsewhere(table: "edge" | "past_edge", vertices = "p_platforms, p_identities"): string {
  const at = (end: "from" | "to") =>
    `EXISTS (SELECT FROM indexer.${table} e WHERE e.${end}_identity = v.identity AND e.${end}_platform = v.platform)`;
  return `EXISTS (SELECT FROM unnest(${vertices}) v (platform, identity) WHERE ${at("from")} OR ${at("to")})`;
}

/**
 * All edges at some vertices that are worth `p_level`, some of them twice. Of one vertex at most `p_scan` rows of a kind are
 * read, and of all of them few times as many.
 */
const INCIDENT = `
  CREATE OR REPLACE FUNCTION api.graph_incident(${QUESTION}) RETURNS SETOF api.graph_edge ${OPTIONS} AS $$
  BEGIN
    RETURN QUERY SELECT * FROM api.graph_own(p_platforms, p_identities, p_past, p_at, p_level, p_scan) e
      WHERE e.sentinel OR e.level >= p_level;
    IF ${isElsewhere("edge")} OR p_past AND ${isElsewhere("past_edge")} THEN
      RETURN QUERY SELECT * FROM api.graph_others(p_platforms, p_identities, p_past, p_at, p_level, p_scan) e
        WHERE e.sentinel OR e.level >= p_level;
    END IF;
  END $$`;

const FRONT = "front_platforms, front_identities";

/**
 * Which of `front` have anything at all, at levels that join people, beside what was met on the way to them. An avatar always
 * may. Of others the rows are counted that would be read: where there are no more than were met, they are the same ones. Most
 * walks end with it: what a person has leads nowhere but to the person.
 */
const FRESH = `
        SELECT array_agg(v.platform) FILTER (WHERE v.own), array_agg(v.identity) FILTER (WHERE v.own),
          array_agg(v.platform) FILTER (WHERE v.others), array_agg(v.identity) FILTER (WHERE v.others)
        INTO own_platforms, own_identities, other_platforms, other_identities FROM (
          SELECT v.platform, v.identity, v.platform = 'nextid' OR EXISTS (
              SELECT FROM indexer.binding b WHERE b.status = 'confirmed' AND b.platform = v.platform AND b.identity = v.identity
              OFFSET v.own
            ) AS own,
            EXISTS (SELECT FROM (
              (SELECT FROM indexer.edge e WHERE e.from_identity = v.identity AND e.from_platform = v.platform
                AND e.kind IN ('hold', 'resolve', 'reverse_resolve') LIMIT v.others + 1)
              UNION ALL
              (SELECT FROM indexer.edge e WHERE e.to_identity = v.identity AND e.to_platform = v.platform
                AND e.kind = 'hold' LIMIT v.others + 1)
            ) e OFFSET v.others) AS others
          FROM unnest(front_platforms, front_identities, front_own, front_others) v (platform, identity, own, others)
          OFFSET 0
        ) v;`;

/**
 * What is within `p_depth` of one vertex, level by level. Whoever has more around them than `p_cap` gets the nearest; of those
 * equally near first whom our own links join, since nobody can be given one of these without asking. What somebody only holds
 * comes behind all others, however far these are: it may have been given to them, and where nothing weak is asked for, nothing
 * hangs on it. Edges by the names `p_without` are passed over.
 */
const WALK = `
  CREATE OR REPLACE FUNCTION api.graph_walk(
    p_platform text, p_identity text, p_past boolean, p_at integer, p_level integer, p_depth integer, p_cap integer,
    p_disputes integer, p_without text[] DEFAULT '{}'
  ) RETURNS json ${OPTIONS} AS $$
  DECLARE
    -- One more than the cap allows, so that what is left out is known to be; and several chains may say the same.
    scan constant integer := greatest(4 * (p_cap + 1), ${LEAST_READ});
    platforms text[] := ARRAY[p_platform];
    identities text[] := ARRAY[p_identity];
    distances integer[] := ARRAY[0];
    last_platforms text[] := '{}';
    last_identities text[] := '{}';
    front_platforms text[] := platforms;
    front_identities text[] := identities;
    -- How many rows of our own and of other registries' edges at each of these were met on the way to it.
    front_own integer[] := ARRAY[0];
    front_others integer[] := ARRAY[0];
    next_platforms text[];
    next_identities text[];
    next_own integer[];
    next_others integer[];
    own_platforms text[];
    own_identities text[];
    other_platforms text[];
    other_identities text[];
    held_platforms text[] := '{}';
    held_identities text[] := '{}';
    held_distances integer[] := '{}';
    more_platforms text[];
    more_identities text[];
    more_distances integer[];
    met api.graph_edge[];
    edges api.graph_edge[] := '{}';
    truncated boolean := false;
    distance integer := 0;
    room integer;
    disputes json := '[]';
    beside json := '[]';
  BEGIN
    LOOP
      IF p_past OR p_level <= 2 THEN
        own_platforms := front_platforms;
        own_identities := front_identities;
        other_platforms := CASE WHEN ${isElsewhere("edge", FRONT)} OR p_past AND ${isElsewhere("past_edge", FRONT)} THEN front_platforms END;
        other_identities := front_identities;
      ELSE
        ${FRESH}
      END IF;
      met := NULL;
      IF own_platforms IS NOT NULL THEN
        SELECT array_agg(e) INTO met FROM api.graph_own(own_platforms, own_identities, p_past, p_at, p_level, scan) e;
      END IF;
      IF other_platforms IS NOT NULL THEN
        SELECT met || array_agg(e) INTO met
        FROM api.graph_others(other_platforms, other_identities, p_past, p_at, p_level, scan) e;
      END IF;
      IF p_without <> '{}' THEN
        SELECT array_agg(e) INTO met FROM unnest(met) e WHERE (e.name IN (SELECT unnest(p_without))) IS NOT TRUE;
      END IF;
      EXIT WHEN met IS NULL;
      edges := edges || met;
      distance := distance + 1;
      EXIT WHEN distance > p_depth;
      room := p_cap - cardinality(platforms);
      SELECT array_agg(f.platform) FILTER (WHERE NOT f.held), array_agg(f.identity) FILTER (WHERE NOT f.held),
        array_agg(f.own) FILTER (WHERE NOT f.held), array_agg(f.others) FILTER (WHERE NOT f.held),
        array_agg(f.platform) FILTER (WHERE f.held), array_agg(f.identity) FILTER (WHERE f.held)
      INTO next_platforms, next_identities, next_own, next_others, more_platforms, more_identities FROM (
        SELECT f.platform, f.identity, bool_and(f.held) AS held, sum(f.own) AS own, sum(f.others) AS others FROM (
          SELECT e.to_platform AS platform, e.to_identity AS identity, e.source, e.kind = 'hold' AND p_level > 2 AS held,
            coalesce(cardinality(e.links), 0) * (e.source = 'nextid')::integer AS own, (e.kind = 'hold')::integer AS others
          FROM unnest(met) e WHERE e.level >= p_level
          UNION ALL
          SELECT e.from_platform, e.from_identity, e.source, false, 0, (e.kind IN ('hold', 'resolve', 'reverse_resolve'))::integer
          FROM unnest(met) e WHERE e.level >= p_level
        ) f
        -- Who is next to somebody at a distance is as far, or one nearer or further.
        WHERE (f.platform, f.identity) NOT IN (SELECT * FROM unnest(front_platforms, front_identities))
          AND (f.platform, f.identity) NOT IN (SELECT * FROM unnest(last_platforms, last_identities))
        GROUP BY f.platform, f.identity
        ORDER BY min(CASE f.source WHEN 'nextid' THEN 0 ELSE 1 END), f.platform COLLATE "C", f.identity COLLATE "C"
      ) f;
      IF more_platforms IS NOT NULL THEN
        held_platforms := (held_platforms || more_platforms)[:p_cap + 1];
        held_identities := (held_identities || more_identities)[:p_cap + 1];
        held_distances := (held_distances || array_fill(distance, ARRAY[cardinality(more_platforms)]))[:p_cap + 1];
      END IF;
      EXIT WHEN next_platforms IS NULL;
      IF cardinality(next_platforms) > room THEN
        truncated := true;
        next_platforms := next_platforms[:room];
        next_identities := next_identities[:room];
        EXIT WHEN room = 0;
      END IF;
      platforms := platforms || next_platforms;
      identities := identities || next_identities;
      distances := distances || array_fill(distance, ARRAY[cardinality(next_platforms)]);
      last_platforms := front_platforms;
      last_identities := front_identities;
      front_platforms := next_platforms;
      front_identities := next_identities;
      front_own := next_own;
      front_others := next_others;
    END LOOP;
    room := p_cap - cardinality(platforms);
    SELECT array_agg(h.platform), array_agg(h.identity), array_agg(h.distance)
    INTO more_platforms, more_identities, more_distances FROM (
      SELECT h.platform, h.identity, min(h.distance) AS distance
      FROM unnest(held_platforms, held_identities, held_distances) h (platform, identity, distance)
      WHERE (h.platform, h.identity) NOT IN (SELECT * FROM unnest(platforms, identities))
      GROUP BY h.platform, h.identity
      ORDER BY min(h.distance), h.platform COLLATE "C", h.identity COLLATE "C" LIMIT room + 1
    ) h;
    truncated := truncated OR coalesce(cardinality(more_platforms) > room, false);
    platforms := platforms || more_platforms[:room];
    identities := identities || more_identities[:room];
    distances := distances || more_distances[:room];
    IF p_disputes > 0 THEN
      disputes := (
        WITH disputes AS MATERIALIZED (
          SELECT DISTINCT ON (e.name, e.kind) e.* FROM unnest(edges) e
          WHERE e.disputed AND e.level < p_level
            AND ((p_platform, p_identity) IN ((e.from_platform, e.from_identity), (e.to_platform, e.to_identity))
              OR e.from_platform = 'nextid' AND (e.from_platform, e.from_identity) IN (SELECT * FROM unnest(platforms, identities))
              OR e.to_platform = 'nextid' AND (e.to_platform, e.to_identity) IN (SELECT * FROM unnest(platforms, identities)))
          LIMIT p_disputes
        )
        SELECT coalesce(json_agg(e), '[]') FROM (${referenced("disputes")}) e
      );
    END IF;
    -- What else is said of the wallets: by it is judged what contracts have signed.
    IF truncated OR distance > p_depth THEN
      beside := (
        WITH beside AS MATERIALIZED (
          SELECT DISTINCT ON (e.name, e.kind) e.* FROM unnest(edges) e
          CROSS JOIN LATERAL (
            SELECT (e.from_platform, e.from_identity) IN (SELECT * FROM unnest(platforms, identities)) AS from,
              (e.to_platform, e.to_identity) IN (SELECT * FROM unnest(platforms, identities)) AS to
          ) is_told
          WHERE e.level >= p_level AND (
            e.to_platform = 'ethereum' AND is_told.to AND NOT is_told.from AND (e.source = 'nextid' OR e.evidence = 'agreement')
            OR e.from_platform = 'ethereum' AND is_told.from AND NOT is_told.to AND e.evidence = 'agreement')
        )
        SELECT coalesce(json_agg(e), '[]') FROM (${referenced("beside")}) e
      );
    END IF;
    RETURN (
      WITH vertices AS MATERIALIZED (
        SELECT * FROM unnest(platforms, identities, distances) v (platform, identity, distance)
      ), edges AS MATERIALIZED (
        SELECT DISTINCT ON (e.name, e.kind) e.*
        FROM unnest(edges) e
        WHERE e.level >= p_level
          -- Not joined but looked up, each in the same table of hashes.
          AND ((e.from_platform, e.from_identity) IN (SELECT platform, identity FROM vertices)) IS TRUE
          AND ((e.to_platform, e.to_identity) IN (SELECT platform, identity FROM vertices)) IS TRUE
      )
      SELECT json_build_object(
        'truncated', truncated OR EXISTS (SELECT FROM unnest(edges) e WHERE e.sentinel),
        'vertices', (SELECT json_agg(json_build_array(v.platform, v.identity, v.distance)
          ORDER BY v.distance, v.platform COLLATE "C", v.identity COLLATE "C") FROM vertices v),
        'edges', (SELECT coalesce(json_agg(e), '[]') FROM (${referenced("edges")}) e),
        'disputes', disputes,
        'beside', beside,
        'crowded', ${crowdedAmong("unnest(edges)")})
    );
  END $$`;

/**
 * Identities that begin with a text, platform by platform, each found behind the one before: what has many rows, or a prefix
 * that has many identities, costs no more than what is answered. What does not count any more is passed over a few times only.
 */
const PREFIX = `
  CREATE OR REPLACE FUNCTION api.graph_prefix(p_from text, p_to text, p_platforms text[], p_limit integer, p_at integer)
  RETURNS TABLE (platform text, identity text) ${OPTIONS} AS $$
  BEGIN
    RETURN QUERY
    WITH RECURSIVE bound AS (
      (SELECT b.platform FROM indexer.binding b WHERE b.status = 'confirmed' AND p_platforms IS NULL
       ORDER BY b.platform LIMIT 1)
      UNION ALL
      SELECT (SELECT b.platform FROM indexer.binding b WHERE b.status = 'confirmed' AND b.platform > l.platform
              ORDER BY b.platform LIMIT 1)
      FROM bound l WHERE l.platform IS NOT NULL
    ), named AS (
      (SELECT m.platform FROM indexer.name m WHERE p_platforms IS NULL ORDER BY m.platform LIMIT 1)
      UNION ALL
      SELECT (SELECT m.platform FROM indexer.name m WHERE m.platform > l.platform ORDER BY m.platform LIMIT 1)
      FROM named l WHERE l.platform IS NOT NULL
    ), asked AS (
      SELECT DISTINCT unnest(p_platforms) AS platform
      UNION SELECT l.platform FROM bound l WHERE l.platform IS NOT NULL
      UNION SELECT l.platform FROM named l WHERE l.platform IS NOT NULL
      UNION SELECT 'nextid' WHERE p_platforms IS NULL
    )
    SELECT f.platform, f.identity FROM asked a CROSS JOIN LATERAL (
      (SELECT a.platform, i.identity FROM (${skipping(
        "binding",
        "identity",
        "b.status = 'confirmed' AND b.platform = a.platform",
      )}) i
       WHERE EXISTS (
         SELECT FROM (
           SELECT s.chain_id, s.link, s.as_of FROM indexer.binding s
           WHERE s.status = 'confirmed' AND s.platform = a.platform AND s.identity = i.identity ORDER BY s.avatar LIMIT ${RIVALS}
         ) s LEFT JOIN api.checks c ON c.chain_id = s.chain_id AND c.link_id = s.link WHERE NOT ${failing("now")})
       LIMIT p_limit)
      UNION
      (SELECT a.platform, i.identity FROM (${skipping("name", "identity", "b.platform = a.platform")}) i
       WHERE EXISTS (SELECT FROM indexer.name m WHERE m.platform = a.platform AND m.identity = i.identity
         AND (m.expires_at IS NULL OR m.expires_at > p_at))
       LIMIT p_limit)
      UNION
      (SELECT a.platform, i.identity FROM (${skipping("avatar", "public_key", "a.platform = 'nextid'")}) i LIMIT p_limit)
    ) f
    ORDER BY f.identity COLLATE "C", f.platform COLLATE "C" LIMIT p_limit;
  END $$`;

/** Distinct texts of a column, from `p_from` to before `p_to`, each found by the index behind the one before. */
function skipping(table: string, column: string, condition: string): string {
  const next = (behind: string) => `SELECT b.${column} AS identity FROM indexer.${table} b
        WHERE ${condition} AND b.${column} ${behind} AND b.${column} ~<~ p_to ORDER BY b.${column} USING ~<~ LIMIT 1`;
  return `
      WITH RECURSIVE skip AS (
        (${next("~>=~ p_from")})
        UNION ALL
        SELECT (${next("~>~ k.identity")}) FROM skip k WHERE k.identity IS NOT NULL
      )
      SELECT k.identity FROM skip k WHERE k.identity IS NOT NULL LIMIT 4 * p_limit`;
}

/** Made in this order by a migration, behind {@link GRAPH_TYPE}; and made anew by those behind it. */
export const GRAPH_FUNCTIONS: readonly string[] = [LEVEL, HOLDER, OWN, OTHERS, AGREEING, PLAN, INCIDENT, WALK, PREFIX];

import type { Pool } from "pg";

import { GRAPH_FUNCTIONS, GRAPH_TYPE } from "../graph/functions.ts";

/** The API's own tables, in the order in which they came to be. What has landed is never edited; additions go behind it. */
const MIGRATIONS = [
  `CREATE TABLE api.submission (
     id         bigserial PRIMARY KEY,
     uuid       text NOT NULL,
     link_id    text NOT NULL,
     avatar     text NOT NULL,
     chain_id   integer NOT NULL,
     -- The contract's function and its argument, ready to be encoded.
     method     text NOT NULL CHECK (method IN ('append', 'release', 'confirm')),
     submission jsonb NOT NULL,
     -- accepted: not sent yet. sent: raw_tx is signed and may be on its way. included: on chain. refused: it never will be.
     state      text NOT NULL DEFAULT 'accepted' CHECK (state IN ('accepted', 'sent', 'included', 'refused')),
     reason     text NOT NULL DEFAULT '',
     raw_tx     text,
     tx_hash    text,
     block      bigint,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX submission_uuid ON api.submission (uuid);
   CREATE INDEX submission_link ON api.submission (link_id);
   CREATE INDEX submission_avatar ON api.submission (avatar, id);
   CREATE INDEX submission_open ON api.submission (chain_id, id) WHERE state IN ('accepted', 'sent');`,

  // The cursor of /v1/proofchain/changes: a number per link in the order in which this database saw them, so that it only
  // grows, whatever a reorg does to blocks.
  `CREATE TABLE api.journal (
     id       bigserial PRIMARY KEY,
     chain_id integer NOT NULL,
     link_id  text NOT NULL,
     block    bigint NOT NULL,
     UNIQUE (chain_id, link_id)
   );
   CREATE INDEX journal_block ON api.journal (chain_id, block);`,

  // What was handed in for contracts of before fixed fields came in one word: those of today cannot take it.
  "DELETE FROM api.submission WHERE NOT submission ? 'header'",

  `ALTER TABLE api.submission DROP CONSTRAINT submission_method_check;
   ALTER TABLE api.submission ADD CHECK (method IN ('append', 'release', 'confirm', 'suspend', 'reinstate'));`,

  // Counts of requests, as rate-limiter-flexible keeps them; what a crash takes of them is no loss.
  `CREATE UNLOGGED TABLE IF NOT EXISTS api.rate_limit (
     key    text PRIMARY KEY,
     points integer NOT NULL DEFAULT 0,
     expire bigint
   );`,
  // What a relayer's key signed, one row per nonce: many submissions in one transaction, several transactions in flight.
  `CREATE TABLE IF NOT EXISTS api.transaction (
     id         bigserial PRIMARY KEY,
     chain_id   integer NOT NULL,
     -- Address of the key, lower case.
     sender     text NOT NULL,
     nonce      bigint NOT NULL,
     -- What it does: a function of the contract, or 'prepare'.
     kind       text NOT NULL,
     -- As it was signed last, and under which hashes it was sent: every rise of the fee has another, and any may be included.
     raw        text NOT NULL,
     hashes     text[] NOT NULL,
     -- The submissions that it brings, in their order; and the jobs that keep their avatars from other relayers.
     items      bigint[] NOT NULL,
     jobs       uuid[] NOT NULL,
     -- sent: signed, and may be on its way. included: on chain, reverted or not. dropped: it never will be.
     state      text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'included', 'dropped')),
     hash       text,
     block      bigint,
     block_hash text,
     created_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE UNIQUE INDEX IF NOT EXISTS transaction_sent ON api.transaction (chain_id, sender, nonce) WHERE state = 'sent';
   CREATE INDEX IF NOT EXISTS transaction_included ON api.transaction (chain_id, sender, block) WHERE state = 'included';
   ALTER TABLE api.submission DROP COLUMN IF EXISTS raw_tx;
   ALTER TABLE api.submission
     -- The transaction that brings it, or brought it.
     ADD COLUMN IF NOT EXISTS transaction bigint REFERENCES api.transaction,
     -- Init code to be sent first, where the wallet has no code yet (ERC-6492).
     ADD COLUMN IF NOT EXISTS preparation text,
     -- Whether the wallet is a contract, which may use much gas to judge (ERC-1271).
     ADD COLUMN IF NOT EXISTS contract_wallet boolean NOT NULL DEFAULT false,
     -- How often a transaction that was to bring it reverted.
     ADD COLUMN IF NOT EXISTS reverts integer NOT NULL DEFAULT 0;
   CREATE INDEX IF NOT EXISTS submission_transaction ON api.submission (transaction);
   CREATE INDEX IF NOT EXISTS submission_included ON api.submission (chain_id, block) WHERE state = 'included';
   -- What an older version had signed goes out anew: the contract takes a link once.
   UPDATE api.submission SET state = 'accepted', tx_hash = NULL WHERE state = 'sent' AND transaction IS NULL;`,
  // What this node saw of links that bindings rest on. Times are Unix seconds. A lost row is made anew by the next look.
  `CREATE TABLE IF NOT EXISTS api.checks (
     chain_id          integer NOT NULL,
     link_id           text NOT NULL,
     -- Where it was seen last, which may be elsewhere than the chain says, and what was seen.
     location          text,
     evidence          jsonb,
     -- The last look that reached the platform, whatever it saw; and the last that saw the proof.
     last_checked_at   bigint,
     last_confirmed_at bigint,
     -- Looks in a row, apart in time, that saw it gone or wrong: the first, and what the last one saw.
     strikes           smallint NOT NULL DEFAULT 0,
     first_failed_at   bigint,
     severity          text CHECK (severity IN ('medium', 'final')),
     reason            text NOT NULL DEFAULT '',
     -- Looks in a row that did not reach the platform, and why.
     soft_failures     integer NOT NULL DEFAULT 0,
     trouble           text NOT NULL DEFAULT '',
     -- When to look again; 0 where somebody read the binding and it was due. Whoever looks sets it a little ahead.
     next_due          bigint NOT NULL,
     PRIMARY KEY (chain_id, link_id)
   );
   CREATE INDEX IF NOT EXISTS checks_due ON api.checks (chain_id, next_due);`,

  // Signing in. Times are Unix seconds. A nonce goes with its use, a session with its end; of a token only the hash is here.
  `CREATE TABLE IF NOT EXISTS api.nonce (nonce text PRIMARY KEY, expires_at bigint NOT NULL);
   CREATE INDEX IF NOT EXISTS nonce_expiry ON api.nonce (expires_at);
   CREATE TABLE IF NOT EXISTS api.session (
     token_hash text PRIMARY KEY,
     -- The avatar's address and compressed public key, and the address that signed: its own, or a wallet bound to it.
     avatar     text NOT NULL,
     public_key text NOT NULL,
     signer     text NOT NULL,
     created_at bigint NOT NULL,
     expires_at bigint NOT NULL
   );
   CREATE INDEX IF NOT EXISTS session_expiry ON api.session (expires_at);
   -- Keys of ID tokens. private_jwk is empty where the operator keeps the key. Published until the last token of it is past.
   CREATE TABLE IF NOT EXISTS api.signing_key (
     kid         text PRIMARY KEY,
     public_jwk  jsonb NOT NULL,
     private_jwk jsonb,
     created_at  bigint NOT NULL,
     used_until  bigint NOT NULL DEFAULT 0
   );`,

  // Claims on chain that are to be looked at.
  `CREATE TABLE IF NOT EXISTS api.claim_watch (
     chain_id   integer NOT NULL,
     link_id    text NOT NULL,
     avatar     text NOT NULL,
     platform   text NOT NULL,
     noticed_at timestamptz NOT NULL DEFAULT now(),
     -- Nobody has taken it yet.
     first_turn boolean NOT NULL DEFAULT true,
     tries      integer NOT NULL DEFAULT 0,
     -- infinity: given up.
     next_at    timestamptz NOT NULL,
     outcome    text NOT NULL DEFAULT '',
     PRIMARY KEY (chain_id, link_id)
   );
   CREATE INDEX IF NOT EXISTS claim_watch_due ON api.claim_watch (chain_id, next_at);
   -- As rate-limiter-flexible wants it.
   CREATE TABLE IF NOT EXISTS api.watch_budget (
     key    varchar(255) PRIMARY KEY,
     points integer NOT NULL DEFAULT 0,
     expire bigint
   );`,

  // Subkeys as they were handed in here. Without a signature the chain has them, and this keeps their texts alone.
  `CREATE TABLE IF NOT EXISTS api.subkey (
     chain_id    integer NOT NULL,
     -- Address of the avatar's key, lower case.
     avatar      text NOT NULL,
     subkey_id   text NOT NULL,
     avatar_text text NOT NULL,
     algorithm   text NOT NULL,
     public_key  text NOT NULL,
     -- X and Y of the public key, 0x hex.
     point       text NOT NULL,
     rp_id       text NOT NULL,
     name        text NOT NULL,
     -- The avatar's of Next.ID's text.
     signature   text,
     created_at  timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (chain_id, avatar, subkey_id)
   );
   CREATE INDEX IF NOT EXISTS subkey_point ON api.subkey (point);
   -- A call of another contract than the ProofRegistry: its address and calldata are the submission.
   ALTER TABLE api.submission DROP CONSTRAINT IF EXISTS submission_method_check;
   ALTER TABLE api.submission ADD CONSTRAINT submission_method_check
     CHECK (method IN ('append', 'release', 'confirm', 'suspend', 'reinstate', 'call'));`,

  // What was signed is taken away when no reorg reaches it any more: without a look at all that ever was included. And what
  // brought a call that leaves no link is found by the call.
  `CREATE INDEX IF NOT EXISTS transaction_kept ON api.transaction (chain_id, sender, block)
     WHERE state = 'included' AND raw <> '';
   CREATE INDEX IF NOT EXISTS transaction_alone ON api.transaction USING gin (items) WHERE kind IN ('release', 'call');`,

  // The journal tells of bindings and of reorgs too: GET /v1/events. Rows are written in the order of their ids, and never
  // changed but for being taken back, or moved, by a reorg. What stood in it before is of use to /v1/proofchain/changes alone.
  `ALTER TABLE api.journal
     ADD COLUMN IF NOT EXISTS type text NOT NULL DEFAULT 'link' CHECK (type IN ('link', 'binding', 'reorg')),
     -- What made it so: the link itself, what attesters said later, what this node saw, or a reorg.
     ADD COLUMN IF NOT EXISTS cause text NOT NULL DEFAULT 'link' CHECK (cause IN ('link', 'attesters', 'node', 'reorg')),
     ADD COLUMN IF NOT EXISTS tx_hash text,
     ADD COLUMN IF NOT EXISTS log_index integer,
     ADD COLUMN IF NOT EXISTS block_time integer,
     -- Address of the avatar's key, lower case, and the key.
     ADD COLUMN IF NOT EXISTS avatar text,
     ADD COLUMN IF NOT EXISTS public_key text,
     ADD COLUMN IF NOT EXISTS platform text,
     ADD COLUMN IF NOT EXISTS identity text,
     -- Where the binding stood after it; of a reorg where it stands now.
     ADD COLUMN IF NOT EXISTS status text,
     ADD COLUMN IF NOT EXISTS is_valid boolean,
     ADD COLUMN IF NOT EXISTS data jsonb NOT NULL DEFAULT '{}',
     -- The reorg that told that it is gone.
     ADD COLUMN IF NOT EXISTS taken_back bigint,
     ADD COLUMN IF NOT EXISTS written_at timestamptz NOT NULL DEFAULT now(),
     ALTER COLUMN link_id DROP NOT NULL,
     DROP CONSTRAINT IF EXISTS journal_chain_id_link_id_key;
   CREATE UNIQUE INDEX IF NOT EXISTS journal_link ON api.journal (chain_id, link_id)
     WHERE type = 'link' AND taken_back IS NULL;
   CREATE UNIQUE INDEX IF NOT EXISTS journal_turn ON api.journal (chain_id, tx_hash, log_index)
     WHERE cause = 'attesters' AND taken_back IS NULL;
   CREATE INDEX IF NOT EXISTS journal_avatar ON api.journal (avatar, id);
   CREATE INDEX IF NOT EXISTS journal_identity ON api.journal (identity, platform, id);
   CREATE INDEX IF NOT EXISTS journal_reorg ON api.journal (id) WHERE type = 'reorg';
   CREATE INDEX IF NOT EXISTS journal_old ON api.journal (written_at) WHERE type <> 'link' OR taken_back IS NOT NULL;
   -- How far the journal has followed the index of each chain.
   CREATE TABLE IF NOT EXISTS api.journal_state (
     chain_id        integer PRIMARY KEY,
     -- Which version of the index, and its checkpoint then; of a chain that it has no more, null.
     build           text,
     checkpoint      text,
     -- The block up to which the index was final: only what came behind it may change.
     since           bigint NOT NULL DEFAULT 0,
     -- What is older was thrown away, but for links that stand: the last id, and the block.
     compacted_id    bigint NOT NULL DEFAULT 0,
     compacted_block bigint NOT NULL DEFAULT -1
   );
   INSERT INTO api.journal_state (chain_id, compacted_id, compacted_block)
     SELECT chain_id, max(id), max(block) FROM api.journal GROUP BY chain_id ON CONFLICT DO NOTHING;
   -- Whether the journal has told that this node holds the link's binding for invalid. The index is of what it must still tell;
   -- its number is STRIKES of checks/outcome.ts.
   ALTER TABLE api.checks ADD COLUMN IF NOT EXISTS announced boolean NOT NULL DEFAULT false;
   CREATE INDEX IF NOT EXISTS checks_unannounced ON api.checks (chain_id, link_id) WHERE (strikes >= 2) <> announced;`,
  // What walks over the graph. Who changes the functions makes them anew behind here: CREATE OR REPLACE, or DROP first.
  [GRAPH_TYPE, ...GRAPH_FUNCTIONS].join(";\n"),
  // A walk reads enough of each vertex, however little it tells, and says what else is said of wallets.
  `DROP FUNCTION IF EXISTS
     api.graph_walk(text, text, boolean, integer, integer, integer, integer, integer);
   ${GRAPH_FUNCTIONS.join(";\n")}`,
];

/** Any constant will do; it keeps two processes from migrating at once. */
const MIGRATION_LOCK = 0x53796e67;

/**
 * Brings the schema `api` up to date.
 *
 * @param last the version to stop at: the newest, but in a test of what came before.
 */
export async function migrate(pool: Pool, last = MIGRATIONS.length): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query("CREATE SCHEMA IF NOT EXISTS api");
    await client.query("CREATE TABLE IF NOT EXISTS api.migration (version integer PRIMARY KEY)");
    const { rows } = await client.query<{ done: number }>(
      "SELECT coalesce(max(version), 0)::integer AS done FROM api.migration",
    );
    for (let version = rows[0]!.done + 1; version <= last; version++) {
      await client.query(MIGRATIONS[version - 1]!);
      await client.query("INSERT INTO api.migration (version) VALUES ($1)", [version]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

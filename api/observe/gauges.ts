import { formatEther } from "ethers";

import type { Context } from "../context.ts";
import { shared } from "./shared.ts";

/** The figures by which an operator sees whether the node keeps up. */
export function registerGauges({ metrics, watch, db, relayer, attest, feed }: Context): void {
  // Gauges of one scrape ask at once: one reading answers them all.
  const [blocks, status] = [shared(() => watch.blocks()), shared(() => relayer.status())];
  metrics.gauge("relayer_balance_ether", "What the relayer's key has left to pay with.", async () => [
    { value: Number(formatEther(await watch.balance())) },
  ]);
  metrics.gauge("chain_block", "The chain's latest block.", async () => [{ value: (await blocks()).head }]);
  metrics.gauge("index_lag_blocks", "How far the index lies behind the chain.", async () => {
    const { indexed, head } = await blocks();
    return indexed === null ? [] : [{ value: Math.max(0, head - indexed) }];
  });
  metrics.gauge(
    "submissions",
    "Submissions that are not on chain yet, by state.",
    async () => {
      const { submissions } = await status();
      return Object.entries(submissions).map(([state, value]) => ({ value, labels: { state } }));
    },
    ["state"],
  );
  metrics.gauge("oldest_submission_seconds", "How long the oldest of them has waited.", async () => [
    { value: (await status()).oldestWaiting },
  ]);
  metrics.gauge("transactions_in_flight", "Transactions of this relayer's key without a receipt.", async () => [
    { value: (await status()).inFlight },
  ]);
  const peers = () => attest.status().peers;
  metrics.gauge(
    "peer_failures",
    "How often in a row another attester's node was no use.",
    () => peers().map(({ origin, failures }) => ({ value: failures, labels: { peer: origin } })),
    ["peer"],
  );
  metrics.gauge(
    "peer_last_success_seconds",
    "When another attester's node last gave a word that counts, Unix seconds.",
    () =>
      peers().flatMap(({ origin, lastSuccess }) =>
        lastSuccess === null ? [] : [{ value: Math.floor(lastSuccess / 1000), labels: { peer: origin } }],
      ),
    ["peer"],
  );
  metrics.gauge("event_streams", "Clients that listen to GET /v1/events.", () => [{ value: feed.listeners }]);
  metrics.gauge("database_connections", "Connections of this process's pool.", () => [{ value: db.totalCount }]);
}

import type { NodeStatus } from "@syngraph/sdk/client";

/** A platform that can be looked at. */
function platform(id: string, name: string, rest: Partial<NodeStatus["platforms"][number]> = {}) {
  return { id, name, status: "live" as const, resting: null, quorum: 2, ...rest };
}

/** What `GET /v1/status` says of a node that is well. */
export function goodStatus(): NodeStatus {
  const asOf = Math.floor(Date.now() / 1000);
  const address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  return {
    ...{ state: "ok", as_of: asOf, version: "0.1.0", revision: "UNKNOWN", uptime: 187_440 },
    chain: {
      ...{ state: "ok", chain_id: 84532, block: 18_204_771, age: 2 },
      proof_registry: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
      attester_registry: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
    },
    indexer: { state: "ok", block: 18_204_770, lag: 1 },
    database: { state: "ok" },
    relayer: {
      ...{ state: "ok", address, balance: "0.418273645500000001", minimum: "0.01", leading: true, in_flight: 1 },
    },
    queue: { state: "ok", accepted: 3, sent: 7, oldest: 4 },
    events: { streams: 12, limit: 5000 },
    platforms: [
      platform("ethereum", "Ethereum", { quorum: 1 }),
      platform("github", "GitHub"),
      platform("dns", "DNS"),
      platform("twitter", "X"),
      platform("discord", "Discord", { status: "needs credential" }),
      platform("dotbit", ".bit", { status: "service closed" }),
    ],
    attesters: {
      self: address,
      active: true,
      all: [
        { address: address.toLowerCase(), origin: "https://node.example.org" },
        { address: "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", origin: "https://attester.example.com" },
        { address: "0x90f79bf6eb2c4f870365e785982e1f101e93b906", origin: null },
      ],
    },
    peers: [
      {
        ...{ origin: "https://attester.example.com", state: "ok", last_success: asOf - 40, last_failure: null },
        ...{ failures: 0, latency: 212 },
      },
      { origin: null, state: "unasked", last_success: null, last_failure: null, failures: 0, latency: null },
    ],
  };
}

/** The same where the chain is down, and much else is not well. */
export function badStatus(): NodeStatus {
  const { platforms, peers, ...status } = goodStatus();
  return {
    ...status,
    state: "down",
    chain: { ...status.chain, state: "down", block: null, age: null },
    indexer: { state: "unknown", block: 18_204_770, lag: null },
    relayer: { ...status.relayer, state: "unknown", balance: null },
    queue: { state: "slow", accepted: 31, sent: 0, oldest: 764 },
    platforms: platforms.map((one) => (one.id === "github" ? { ...one, resting: 12, quorum: null } : one)),
    attesters: { ...status.attesters, active: null, all: null },
    peers: peers.map((peer) => ({ ...peer, state: "failing", failures: 3, last_failure: status.as_of - 5 })),
  };
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { LOCAL_CHAIN_ID, blocksAtOnce, connectionTo, readIndexedChains } from "../../indexer/deployments.ts";

const chain = (chainId: number, rpc: string) => ({ chainId, rpc });

describe("indexer: connections to chains", () => {
  it("asks a public RPC by one, and a local chain by many and more often", () => {
    const open = connectionTo(chain(10, "https://one.example"), {});
    expect(open).to.deep.equal({ rpc: ["https://one.example"], pollingInterval: 1000 });
    const local = connectionTo(chain(LOCAL_CHAIN_ID, "http://127.0.0.1:8545"), {});
    expect(local.rpc).to.have.length.above(1);
    expect(local.pollingInterval).to.equal(100);
  });

  it("leaves a chain out whose RPC is set to nothing, as if it were not set", async () => {
    const folder = await mkdtemp(join(tmpdir(), "syngraph-connections-"));
    try {
      for (const chainId of [10, 8453]) {
        await writeFile(join(folder, `${chainId}.json`), JSON.stringify({ chainId, contracts: {} }));
      }
      const env = { DEPLOYMENTS_DIR: folder, RPC_URL_10: "http://ten.example", RPC_URL_8453: "" };
      expect(readIndexedChains(env).map(({ chainId }) => chainId)).to.deep.equal([10]);
      expect(() => readIndexedChains({ ...env, RPC_URL_10: "" })).to.throw(/No chain to index/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("asks as often as it is told, chain by chain", () => {
    const env = { RPC_CONNECTIONS_10: "3", POLLING_INTERVAL_MS_10: "250", RPC_CONNECTIONS_8453: "9" };
    const told = connectionTo(chain(10, "https://one.example"), env);
    expect(told).to.deep.equal({ rpc: Array(3).fill("https://one.example"), pollingInterval: 250 });
  });

  it("subscribes to blocks where the RPC is a websocket, but for a chain that makes none by itself", () => {
    expect(connectionTo(chain(10, "wss://one.example"), {}).ws).to.equal("wss://one.example");
    expect(connectionTo(chain(10, "https://ws.example"), {}).ws).to.equal(undefined);
    expect(connectionTo(chain(LOCAL_CHAIN_ID, "ws://127.0.0.1:8545"), {}).ws).to.equal(undefined);
  });

  for (const bad of ["0", "-1", "1.5", "many", "", "99999999"]) {
    it(`refuses ${JSON.stringify(bad)}, by the name of the setting`, () => {
      expect(() => connectionTo(chain(10, "https://one.example"), { RPC_CONNECTIONS_10: bad })).to.throw(
        TypeError,
        `RPC_CONNECTIONS_10 must be a whole number from 1 on, and is ${bad}`,
      );
    });
  }

  it("asks for blocks one at a time, or as many as the operator says", () => {
    expect(blocksAtOnce(10, { RPC_BATCH_8453: "20" })).to.equal(1);
    expect(blocksAtOnce(10, { RPC_BATCH_10: "20" })).to.equal(20);
    expect(() => blocksAtOnce(10, { RPC_BATCH_10: "0" })).to.throw(
      TypeError,
      "RPC_BATCH_10 must be a whole number from 1 on, and is 0",
    );
  });

  it("refuses to ask more often than Ponder does", () => {
    expect(() => connectionTo(chain(10, "https://one.example"), { POLLING_INTERVAL_MS_10: "99" })).to.throw(
      TypeError,
      "POLLING_INTERVAL_MS_10 must be a whole number from 100 on, and is 99",
    );
  });
});

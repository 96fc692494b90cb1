import { expect } from "chai";

import { contractsOf, readSources } from "../../indexer/sources/settings.ts";
import type { Source, SourceContract } from "../../indexer/sources/source.ts";
import { indexerSchema } from "../../scripts/lib/stack/indexerSchema.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";

const ONE = `0x${"11".repeat(20)}` as const;
const TWO = `0x${"22".repeat(20)}` as const;

function contract(role?: SourceContract["role"]): SourceContract {
  return { abi: [], handlers: {}, ...(role && { role }) };
}

/** The schema of an indexer with such an environment. */
function schema(env: NodeJS.ProcessEnv): Promise<string> {
  return indexerSchema(`${ROOT}/deployments`, env);
}

describe("settings of sources", () => {
  const names: Source = {
    id: "names",
    contracts: { registry: contract("required"), wrapper: contract(), resolvers: contract("anywhere") },
    places: {
      1: { registry: { address: [ONE], startBlock: 7 }, wrapper: { address: [TWO], startBlock: 9 } },
      5: { registry: { address: [TWO], startBlock: 3 } },
    },
  };
  const others: Source = { id: "others", contracts: { hub: contract("required") }, places: {} };

  const read = (env: NodeJS.ProcessEnv) =>
    contractsOf(readSources([names, others], env)).map(({ name, places }) => ({
      name,
      places: places.map(({ chainId, place }) => `${chainId}:${place.address.join("+")}@${place.startBlock}`),
    }));

  it("switch nothing on by themselves", () => {
    expect(read({})).to.deep.equal([]);
    expect(read({ SOURCES: "", RPC_URL_1: "http://one" })).to.deep.equal([]);
    expect(read({ SOURCES: "", SOURCE_NAMES: "" })).to.deep.equal([]);
  });

  it("have a source indexed where it stands, as far as there is an RPC", () => {
    expect(read({ SOURCES: " names,names ", RPC_URL_1: "http://one", RPC_URL_9: "http://nine" })).to.deep.equal([
      { name: "names_registry", places: [`1:${ONE}@7`] },
      { name: "names_wrapper", places: [`1:${TWO}@9`] },
      { name: "names_resolvers", places: ["1:@7"] },
    ]);
  });

  it("name another deployment, also on several chains", () => {
    const SOURCE_NAMES = `31337:registry=${TWO}@12,wrapper=${ONE}+${TWO};8: registry=${ONE.toUpperCase().replace("0X", "0x")}`;
    const env = { SOURCES: "names", SOURCE_NAMES, RPC_URL_31337: "http://local", RPC_URL_8: "http://eight" };
    expect(read(env)).to.deep.equal([
      { name: "names_registry", places: [`31337:${TWO}@12`, `8:${ONE}@0`] },
      { name: "names_wrapper", places: [`31337:${ONE}+${TWO}@0`] },
      { name: "names_resolvers", places: ["31337:@0", "8:@0"] },
    ]);
  });

  const RPC_URL_1 = "http://one";
  const refusals: [what: string, env: NodeJS.ProcessEnv, message: string][] = [
    ["an unknown source", { SOURCES: "nims" }, "SOURCES names nims, but there are only names, others"],
    ["no RPC", { SOURCES: "names" }, "SOURCES names names, but none of its chains has its RPC: RPC_URL_1, RPC_URL_5"],
    ["a setting of what is off", { SOURCE_NAMES: "x" }, "SOURCE_NAMES is set, but SOURCES names no such source"],
    ["no chain", { SOURCE_NAMES: "names" }, 'SOURCE_NAMES has "names", which is not <chainId>:<contracts>: names'],
    ["half an address", { SOURCE_NAMES: "1:registry=0x12" }, 'has "registry=0x12", which is not'],
    [
      "an unknown contract",
      { SOURCE_NAMES: `1:hub=${ONE}` },
      "names the contract hub, but there are only registry, wrapper",
    ],
    ["what object prototypes have", { SOURCE_NAMES: `1:constructor=${ONE}` }, "names the contract constructor"],
    ["where anybody is heard", { SOURCE_NAMES: `1:resolvers=${ONE}` }, "names the contract resolvers"],
    ["what is needed missing", { SOURCE_NAMES: `1:wrapper=${ONE}` }, "SOURCE_NAMES names no registry on chain 1"],
    ["a chain twice", { SOURCE_NAMES: `1:registry=${ONE};1:registry=${TWO}` }, "has chain 1 twice"],
  ];
  for (const [what, env, message] of refusals) {
    it(`are refused: ${what}`, () => {
      const on = env.SOURCE_NAMES !== undefined && env.SOURCE_NAMES !== "x" ? { SOURCES: "names", RPC_URL_1 } : {};
      expect(() => read({ ...on, ...env })).to.throw(message);
    });
  }

  it("make the index another one, wherever the RPC is", async () => {
    const off = await schema({ RPC_URL_1 });
    expect(await schema({ RPC_URL_1: "http://two", SOURCES: "" })).to.equal(off);
    const on = await schema({ RPC_URL_1, SOURCES: "ens" });
    expect(await schema({ RPC_URL_1: "http://two", SOURCES: "ens" })).to.equal(on);
    const schemas = [off, on, await schema({ RPC_URL_1, SOURCES: "ens", RPC_URL_8453: "http://base" })];
    schemas.push(await schema({ RPC_URL_1, SOURCES: "ens", SOURCE_ENS: `1:registry=${ONE}` }));
    expect(new Set(schemas)).to.have.property("size", schemas.length);
  });
});

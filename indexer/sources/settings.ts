import type { Hex, Place, Places, Source } from "./source.ts";

/** A source that is switched on, and where. */
export interface ConfiguredSource {
  source: Source;
  /** By chain id. */
  places: ReadonlyMap<number, Places>;
}

/**
 * Reads which sources to index: `SOURCES` names them, with commas. Each is indexed where it stands on public chains, as
 * far as these have their RPC_URL_<chainId>; or where `SOURCE_<ID>` says:
 * `<chainId>:<contract>=<address>[+<address>…][@<block>],…`, several chains with `;`.
 *
 * @throws where that names what there is not, or a source is left without a chain.
 */
export function readSources(all: readonly Source[], env: NodeJS.ProcessEnv = process.env): ConfiguredSource[] {
  const ids = (env.SOURCES ?? "").split(",").map((id) => id.trim());
  const named = [...new Set(ids.filter((id) => id !== ""))].map((id) => {
    const source = all.find((it) => it.id === id);
    if (source) return source;
    throw new Error(`SOURCES names ${id}, but there are only ${all.map((it) => it.id).join(", ")}`);
  });
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith("SOURCE_") || !value) continue;
    if (!named.some((source) => variableOf(source) === variable)) {
      throw new Error(`${variable} is set, but SOURCES names no such source`);
    }
  }
  return named.map((source) => {
    const setting = env[variableOf(source)];
    const everywhere = setting ? parsePlaces(source, setting) : standard(source);
    const places = new Map([...everywhere].filter(([chainId]) => env[`RPC_URL_${chainId}`]));
    if (places.size === 0) {
      const wanted = [...everywhere.keys()].map((chainId) => `RPC_URL_${chainId}`).join(", ");
      throw new Error(`SOURCES names ${source.id}, but none of its chains has its RPC: ${wanted}`);
    }
    return { source, places };
  });
}

/** The name of the setting that says where a source stands. */
function variableOf({ id }: Source): string {
  return `SOURCE_${id.toUpperCase()}`;
}

function standard(source: Source): Map<number, Places> {
  const chains = Object.entries(source.places);
  return new Map(chains.map(([chainId, places]) => [Number(chainId), withAnywhere(source, places)]));
}

function parsePlaces(source: Source, setting: string): Map<number, Places> {
  const wrong = (why: string) => new Error(`${variableOf(source)} ${why}: ${setting}`);
  const chains = new Map<number, Places>();
  for (const part of setting.split(";")) {
    const [, chainId, contracts] = /^\s*([1-9]\d{0,15}):(.+)$/.exec(part) ?? [];
    if (chainId === undefined || contracts === undefined)
      throw wrong(`has "${part}", which is not <chainId>:<contracts>`);
    const places: Record<string, Place> = {};
    for (const entry of contracts.split(",")) {
      const [, name, addresses, block = "0"] =
        /^\s*(\w+)=(0x[0-9a-fA-F]{40}(?:\+0x[0-9a-fA-F]{40})*)(?:@(\d{1,12}))?\s*$/.exec(entry) ?? [];
      if (name === undefined || addresses === undefined) {
        throw wrong(`has "${entry}", which is not <contract>=<address>@<block>`);
      }
      const role = source.contracts[name]?.role;
      if (!Object.hasOwn(source.contracts, name) || role === "anywhere") {
        throw wrong(`names the contract ${name}, but there are only ${addressed(source).join(", ")}`);
      }
      places[name] = { address: addresses.toLowerCase().split("+") as Hex[], startBlock: Number(block) };
    }
    for (const [name, { role }] of Object.entries(source.contracts)) {
      if (role === "required" && !places[name]) throw wrong(`names no ${name} on chain ${chainId}`);
    }
    if (chains.has(Number(chainId))) throw wrong(`has chain ${chainId} twice`);
    chains.set(Number(chainId), withAnywhere(source, places));
  }
  return chains;
}

function addressed({ contracts }: Source): string[] {
  return Object.keys(contracts).filter((name) => contracts[name]!.role !== "anywhere");
}

/** What is heard whoever emits it is heard from the first block on that says anything. */
function withAnywhere({ contracts }: Source, places: Places): Places {
  const startBlock = Math.min(...Object.values(places).map((place) => place.startBlock));
  const anywhere = Object.keys(contracts).filter((name) => contracts[name]!.role === "anywhere");
  return { ...places, ...Object.fromEntries(anywhere.map((name) => [name, { address: [], startBlock }])) };
}

/** A contract of a source that stands on some chain, for the indexer. */
export interface ConfiguredContract {
  /** What the indexer calls it. */
  name: string;
  contract: Source["contracts"][string];
  places: { chainId: number; place: Place }[];
}

/** The contracts of what is switched on. */
export function contractsOf(configured: readonly ConfiguredSource[]): ConfiguredContract[] {
  return configured.flatMap(({ source, places }) =>
    Object.entries(source.contracts).flatMap(([name, contract]) => {
      const stands = [...places].flatMap(([chainId, chain]) => (chain[name] ? [{ chainId, place: chain[name] }] : []));
      return stands.length === 0 ? [] : [{ name: `${source.id}_${name}`, contract, places: stands }];
    }),
  );
}

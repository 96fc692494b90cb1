import { type KeyObject, createPrivateKey } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { computeAddress, parseEther } from "ethers";
import ipaddr from "ipaddr.js";
import { z } from "zod";

import type { LimitSettings } from "./limits/limits.ts";

/** anvil's and hardhat's chain id: the only chain on which the published development keys are taken. */
export const LOCAL_CHAIN_ID = 31337;

/**
 * anvil's second and third published keys: whoever knows them, and everybody does, can attest and spend. The first deploys.
 */
const DEV_ATTESTER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const DEV_RELAYER_KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
const PUBLISHED_KEYS = new Set([
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  DEV_ATTESTER_KEY,
  DEV_RELAYER_KEY,
]);

/** The chain that this node writes to. */
export interface ChainConfig {
  chainId: number;
  rpcUrl: string;
  proofRegistry: string;
  attesterRegistry: string;
  subkeyRegistry: string;
  /** First block that can hold our events. */
  startBlock: number;
}

/** All that the API is told from outside, checked. */
export interface Config {
  port: number;
  host: string;
  databaseUrl: string;
  chain: ChainConfig;
  attesterKey: string;
  relayerKey: string;
  /** In wei: below it the relayer may soon not be able to pay. */
  relayerMinBalance: bigint;
  /** Origins of platforms' APIs that replace the public ones, by platform. */
  upstreams: Record<string, string>;
  /** Platforms' credentials, by platform. */
  tokens: Record<string, string>;
  /** How long the outcome of a look at a platform counts for an equal claim, in milliseconds. */
  checkLifetimes: { confirmed: number; refused: number };
  /** Folder of the built dashboard. */
  webDir: string;
  /** How long POST /v1/proof waits for the chain before it answers 202, in milliseconds. */
  submitTimeout: number;
  logLevel: string;
  limits: LimitSettings;
  events: EventsConfig;
  /** Express's setting "trust proxy": how many proxies, or which addresses, stand in front and say whom they speak for. */
  trustProxy: number | string | false;
  /** Where this API is reached from outside: an origin. */
  publicUrl: string;
  /** Domains, with the port where it is not the standard one, for which users may sign in here. */
  sessionDomains: readonly string[];
  /** The private key of ID tokens, a JWK or PEM; undefined for one that is made and kept in the database. */
  idTokenKey: string | undefined;
  /** As whom this node asks servers of the fediverse that want to know who asks; undefined without a key. */
  instanceActor: { id: string; keyId: string; privateKey: KeyObject } | undefined;
  attest: AttestConfig;
}

/** How this node attests with others. Times are milliseconds. */
export interface AttestConfig {
  /** Origins of peers that the operator set; where there are none, the registry's endpoints are asked. */
  peers: readonly string[];
  /** How long peers are waited for. */
  timeout: number;
  /** How often the chain is looked through for claims to confirm. */
  watchInterval: number;
}

/** Streams of events. */
export interface EventsConfig {
  /** Streams at once of one client, and of all, for each process. */
  perClient: number;
  total: number;
  /** Seconds for which events are kept. */
  keep: number;
}

const privateKey = z.string().regex(/^0x[0-9a-f]{64}$/i, "must be a private key of 32 bytes in hex");

function limit(standard: number) {
  return z.coerce.number().int().positive().max(1_000_000_000).default(standard);
}

/** For a timer: one that is set for longer than it can count rings at once. */
function milliseconds(standard: number) {
  return z.coerce.number().int().positive().max(2_147_483_647).default(standard);
}

/** A comma list of http(s) origins. */
const origins = z.string().transform((text, context) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const url = URL.parse(part);
      if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
      context.addIssue(`${part} is no http or https origin without a path`);
      return z.NEVER;
    }),
);

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: z.string().min(1, "must be the URL of a PostgreSQL database"),
  DEPLOYMENTS_DIR: z.string().default(join(import.meta.dirname, "../deployments")),
  CHAIN_ID: z.coerce.number().int().positive().optional(),
  ATTESTER_KEY: privateKey.default(DEV_ATTESTER_KEY),
  RELAYER_KEY: privateKey.default(DEV_RELAYER_KEY),
  CHECK_CACHE_SECONDS: z.coerce.number().min(0).max(60).default(5),
  WEB_DIR: z.string().default(join(import.meta.dirname, "../web/dist")),
  SUBMIT_TIMEOUT_MS: milliseconds(10_000),
  RELAYER_MIN_BALANCE: z
    .string()
    .regex(/^\d+(\.\d{1,18})?$/, "must be an amount of ether")
    .default("0.01"),
  RATE_LIMIT_READS: limit(1_200),
  RATE_LIMIT_WRITES: limit(60),
  RATE_LIMIT_AVATAR: limit(30),
  SPONSORED_LINKS_PER_AVATAR: limit(50),
  SPONSORED_LINKS_PER_CLIENT: limit(200),
  EVENT_STREAMS_PER_CLIENT: limit(20),
  EVENT_STREAMS: limit(5_000),
  EVENTS_KEPT_DAYS: z.coerce.number().int().positive().max(36_500).default(90),
  TRUST_PROXY: z.string().default(""),
  PUBLIC_URL: z
    .string()
    .refine((text) => text === URL.parse(text)?.origin, "must be an origin, as https://id.example.org")
    .optional(),
  SESSION_DOMAINS: z.string().optional(),
  ID_TOKEN_KEY: z.string().min(1).optional(),
  ACTIVITYPUB_KEY: z.string().optional(),
  ATTESTER_PEERS: origins.default([]),
  ATTEST_TIMEOUT_MS: milliseconds(10_000),
  WATCH_INTERVAL_MS: milliseconds(2_000),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

const deployment = z.object({
  chainId: z.number(),
  contracts: z.object({
    ProofRegistry: z.object({ address: z.string(), block: z.number() }),
    AttesterRegistry: z.object({ address: z.string() }),
    SubkeyRegistry: z.object({ address: z.string() }),
  }),
});

/**
 * Reads the environment.
 *
 * @throws when a variable is missing or wrong, naming it, and when a published key would be used on a public chain.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  const values = parsed.data;
  const chain = readChain(values.DEPLOYMENTS_DIR, values.CHAIN_ID, env);
  for (const name of ["ATTESTER_KEY", "RELAYER_KEY"] as const) {
    if (chain.chainId !== LOCAL_CHAIN_ID && PUBLISHED_KEYS.has(values[name].toLowerCase())) {
      throw new Error(
        `${name}: ${computeAddress(values[name])} is a published development key; chain ${chain.chainId} is not local`,
      );
    }
  }
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL,
    chain,
    attesterKey: values.ATTESTER_KEY,
    relayerKey: values.RELAYER_KEY,
    relayerMinBalance: parseEther(values.RELAYER_MIN_BALANCE),
    upstreams: byPlatform(env, /^UPSTREAM_(.+)$/),
    tokens: byPlatform(env, /^(.+)_TOKEN$/),
    // Who has just published what was missing asks again soon.
    checkLifetimes: {
      confirmed: values.CHECK_CACHE_SECONDS * 1000,
      refused: Math.min(values.CHECK_CACHE_SECONDS, 2) * 1000,
    },
    webDir: values.WEB_DIR,
    submitTimeout: values.SUBMIT_TIMEOUT_MS,
    logLevel: values.LOG_LEVEL,
    limits: {
      readsPerMinute: values.RATE_LIMIT_READS,
      writesPerMinute: values.RATE_LIMIT_WRITES,
      avatarWritesPerMinute: values.RATE_LIMIT_AVATAR,
      sponsoredPerAvatarAndDay: values.SPONSORED_LINKS_PER_AVATAR,
      sponsoredPerClientAndDay: values.SPONSORED_LINKS_PER_CLIENT,
    },
    events: {
      perClient: values.EVENT_STREAMS_PER_CLIENT,
      total: values.EVENT_STREAMS,
      keep: values.EVENTS_KEPT_DAYS * 24 * 3600,
    },
    trustProxy: readTrustProxy(values.TRUST_PROXY),
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    sessionDomains: readSessionDomains(values),
    idTokenKey: values.ID_TOKEN_KEY,
    instanceActor: readInstanceActor(values.ACTIVITYPUB_KEY, values.PUBLIC_URL),
    attest: {
      peers: values.ATTESTER_PEERS,
      timeout: values.ATTEST_TIMEOUT_MS,
      watchInterval: values.WATCH_INTERVAL_MS,
    },
  });
}

/** Those that are named; without any, the one under which the node is reached. */
function readSessionDomains({
  SESSION_DOMAINS = "",
  PUBLIC_URL,
  PORT,
}: Pick<z.infer<typeof environment>, "SESSION_DOMAINS" | "PUBLIC_URL" | "PORT">): string[] {
  const named = SESSION_DOMAINS.split(",").map((domain) => domain.trim().toLowerCase());
  const domains = named.filter((domain) => domain !== "");
  // A message's domain is that of its URI, which has no path, and no port where it is the standard one.
  const wrong = domains.find((domain) => URL.parse(`http://${domain}`)?.host !== domain);
  if (wrong !== undefined)
    throw new Error(`SESSION_DOMAINS: ${wrong} is no domain, as id.example.org or localhost:3000`);
  if (domains.length > 0) return domains;
  return PUBLIC_URL === undefined ? [`localhost:${PORT}`, `127.0.0.1:${PORT}`] : [new URL(PUBLIC_URL).host];
}

/** The chain named by CHAIN_ID, or the only one that is deployed to and has its RPC_URL_<chainId> set. */
function readChain(folder: string, chosen: number | undefined, env: NodeJS.ProcessEnv): ChainConfig {
  const chains = readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => deployment.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))))
    .flatMap(({ chainId, contracts }) => {
      const rpcUrl = env[`RPC_URL_${chainId}`];
      return rpcUrl === undefined || (chosen !== undefined && chosen !== chainId)
        ? []
        : [
            {
              chainId,
              rpcUrl,
              proofRegistry: contracts.ProofRegistry.address,
              attesterRegistry: contracts.AttesterRegistry.address,
              subkeyRegistry: contracts.SubkeyRegistry.address,
              startBlock: contracts.ProofRegistry.block,
            },
          ];
    });
  if (chains.length !== 1) {
    throw new Error(
      `CHAIN_ID: ${chains.length} chains of ${folder} have their RPC_URL_<chainId> set and fit; name the one to write to`,
    );
  }
  const [chain] = chains;
  // What it is stays unsaid: providers have their keys in it.
  if (!/^https?:$/.test(URL.parse(chain!.rpcUrl)?.protocol ?? "")) {
    throw new Error(`RPC_URL_${chain!.chainId}: must be an http or https URL`);
  }
  return chain!;
}

/** A number of proxies, or a comma list of their addresses; nobody is believed by default. */
function readTrustProxy(text: string): number | string | false {
  if (text === "") return false;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  for (const place of text.split(",").map((part) => part.trim())) {
    if (!PROXY_PLACES.has(place) && !ipaddr.isValid(place.split("/")[0]!)) {
      throw new Error(
        `TRUST_PROXY: must be how many proxies there are, or a comma list of addresses; ${place} is neither`,
      );
    }
  }
  return text;
}

/** Names that Express has for whole networks. */
const PROXY_PLACES = new Set(["loopback", "linklocal", "uniquelocal"]);

/** The actor is known by its address, so that its key is nothing without one. */
function readInstanceActor(pem: string | undefined, publicUrl: string | undefined): Config["instanceActor"] {
  if (!pem) return undefined;
  if (publicUrl === undefined) throw new Error("ACTIVITYPUB_KEY: PUBLIC_URL must say where others find the public key");
  const key = readKey(pem);
  if (key?.asymmetricKeyType !== "rsa") throw new Error("ACTIVITYPUB_KEY: must be a private RSA key in PEM");
  const id = new URL("/actor", publicUrl).href;
  return { id, keyId: `${id}#main-key`, privateKey: key };
}

/** Files of variables hold no line breaks: there they are written as \n. */
function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch {
    return null;
  }
}

function byPlatform(env: NodeJS.ProcessEnv, pattern: RegExp): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) => {
    const platform = pattern.exec(name)?.[1];
    return platform === undefined || !value ? [] : [[platform.toLowerCase(), value] as const];
  });
  return Object.fromEntries(entries);
}

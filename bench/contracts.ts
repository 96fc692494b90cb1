/** `npm run bench:contracts`: what our contracts and EAS cost for the same data, and how many bytes a link is. */
import { brotliCompressSync, deflateSync } from "node:zlib";

import { getBytes } from "ethers";

import { type Measured, type Measurements, measureContracts } from "../test/helpers/contractGas.ts";
import { EAS, measureEas } from "./eas.ts";
import { table, writeSection } from "./results.ts";

/** Our operation, and the one of EAS that comes closest. */
const PAIRS: readonly (readonly [ours: string, theirs: string])[] = [
  ["first link", "attestByDelegation, first"],
  ["next link", "attestByDelegation, later"],
  ["next link", "attest, later"],
  ["first link of each of 100 avatars, in a batch", "multiAttest of 100"],
  ["next link of each of 100 avatars, in a batch", "multiAttest of 100"],
  ["100 links of one avatar, in a batch", "multiAttest of 100"],
  ["delete", "revoke"],
];

const each = ({ gas, count }: Measured): number => Math.round(gas / count);

function gasTable(ours: Measurements, theirs: Measurements): string {
  const rows = PAIRS.map(([mine, yours]) => {
    const [a, b] = [each(ours[mine]!), each(theirs[yours]!)];
    return [mine, a, yours, b, `${(b / a).toFixed(1)} ×`];
  });
  return table([["ours", "gas", "EAS", "gas", "EAS / ours"], ...rows]);
}

/** Bytes of calldata of one link, as they are and as compressors leave them of the whole transaction. */
function bytesTable(named: readonly (readonly [name: string, measured: Measured])[]): string {
  const rows = named.map(([name, { data, count }]) => {
    const bytes = getBytes(data);
    const sizes = [bytes.length, deflateSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
    return [name, ...sizes.map((size) => Math.round(size / count))];
  });
  return table([["calldata of one link, bytes", "raw", "zlib", "Brotli"], ...rows]);
}

const ours = await measureContracts();
const theirs = await measureEas().catch((error: Error) => error);
const measured = !(theirs instanceof Error);
const names = ["first link", "next link", ...Object.keys(ours).filter((name) => name.includes("in a batch"))];

await writeSection(
  "Contracts",
  `
Gas of L2 execution on Hardhat's simulated OP chain, \`npm run bench:contracts\`; of a batch, the hundredth part of its
transaction. A link has a handle of 19 characters, a location of 32 and an account id of seven, and is confirmed by one
attester: by an attestation of its own, or by one for the batch.

${table([["operation", "gas"], ...Object.entries(ours).map(([name, it]) => [name, each(it)])])}

${
  measured
    ? `Beside EAS, as \`${EAS.package}\` ships it, on the same chain and for the same platform, identity, uuid, time, account id
and location. EAS keeps them in storage; it knows nothing of an avatar's signature or chain, which a link of ours has
verified as well and which EAS is spared here.

${gasTable(ours, theirs)}`
    : `EAS was not measured in this run (${theirs.message.split("\n")[0]}).`
}

What a link adds to the data that an L2 posts to L1: the calldata as it is, and what compressors leave of it. An L2
compresses many transactions together, so this is an estimate.

${bytesTable([
  ...names.map((name) => [name, ours[name]!] as const),
  ...(measured ? (["attest", "attestByDelegation, later", "multiAttest of 100"] as const) : []).map(
    (name) => [`EAS: ${name}`, (theirs as Measurements)[name]!] as const,
  ),
])}
`,
);

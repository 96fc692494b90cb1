import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { AbiCoder, Contract, ContractFactory, type JsonFragment, Signature, Wallet, ZeroHash, id } from "ethers";
import { network } from "hardhat";

import { NOW } from "../test/helpers/contractClock.ts";
import { ACCOUNT_ID, BATCH, GIST, type Measurements, attester, measure } from "../test/helpers/contractGas.ts";
import { person } from "../test/helpers/contractLinks.ts";

const run = promisify(execFile);

/**
 * EAS as its authors compiled it. It is no dependency of ours, since it brings another Hardhat along; its package is taken
 * from the registry for the measurement, and nothing else.
 */
export const EAS = {
  package: "@ethereum-attestation-service/eas-contracts@1.9.0",
  integrity: "sha512-L60y1fgKlY3a45xxnPlgRbiGQY8RF/lF+AzF1iVoR7/aEzitS0Nuyyjq8+IXs1sSSU0dl2+yGSmELxVeB6FelA==",
};

interface EasArtifact {
  abi: JsonFragment[];
  bytecode: string;
}

/** What a link says of a binding, without its signatures: the avatar is the attestation's recipient. */
const SCHEMA = "string platform,string identity,bytes16 uuid,uint64 createdAt,string accountId,string proofLocation";

/** What EAS has signed for an attestation by delegation; the contract is asked whether it is this. */
const ATTEST_TYPES = {
  Attest: [
    { name: "attester", type: "address" },
    { name: "schema", type: "bytes32" },
    { name: "recipient", type: "address" },
    { name: "expirationTime", type: "uint64" },
    { name: "revocable", type: "bool" },
    { name: "refUID", type: "bytes32" },
    { name: "data", type: "bytes" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
};

/**
 * Measures what EAS needs to keep the same data.
 *
 * @throws when the package cannot be had, or is another one.
 */
export async function measureEas(): Promise<Measurements> {
  const artifacts = await fetchEas();
  const connection = await network.create({ override: { initialDate: new Date(NOW * 1000) } });
  try {
    const { ethers, networkHelpers } = connection;
    const [deployer] = await ethers.getSigners();
    const deploy = async ({ abi, bytecode }: EasArtifact, ...args: unknown[]) => {
      const deployed = await new ContractFactory(abi, bytecode, deployer!).deploy(...args);
      return new Contract(await deployed.getAddress(), abi, deployer!);
    };
    const schemas = await deploy(artifacts.SchemaRegistry);
    const eas = await deploy(artifacts.EAS, await schemas.getAddress());
    await schemas.register!(SCHEMA, ethers.ZeroAddress, true);
    const schema = ethers.solidityPackedKeccak256(["string", "address", "bool"], [SCHEMA, ethers.ZeroAddress, true]);
    await networkHelpers.setBalance(attester.address, 10n ** 18n);
    const signer = new Wallet(attester.privateKey, ethers.provider);
    const theirs = eas.connect(signer) as Contract;

    const [first, second] = [0, 1].map((index) => dataOf(index));
    const byDelegation = async (index: number) => {
      const data = dataOf(index);
      const deadline = 0;
      const typed = {
        attester: attester.address,
        schema,
        ...data,
        nonce: await eas.getNonce!(attester.address),
        deadline,
      };
      const { name, version, chainId, verifyingContract } = await eas.eip712Domain!();
      const signature = await signer.signTypedData({ name, version, chainId, verifyingContract }, ATTEST_TYPES, typed);
      const { v, r, s } = Signature.from(signature);
      return [{ schema, data, signature: { v, r, s }, attester: attester.address, deadline }] as const;
    };
    const typeName = ATTEST_TYPES.Attest.map((field) => `${field.type} ${field.name}`).join();
    if ((await eas.getAttestTypeHash!()) !== id(`Attest(${typeName})`)) throw new Error("EAS signs another type");

    const attest = await measure(theirs.attest!({ schema, data: first }));
    const uid = (await eas.queryFilter(eas.filters.Attested!())).at(-1)!;
    const args = eas.interface.parseLog(uid)!.args;
    return {
      attest,
      "attest, later": await measure(theirs.attest!({ schema, data: second })),
      "attestByDelegation, first": await measure(eas.attestByDelegation!(...(await byDelegation(2)))),
      "attestByDelegation, later": await measure(eas.attestByDelegation!(...(await byDelegation(3)))),
      "multiAttest of 100": await measure(
        theirs.multiAttest!([{ schema, data: Array.from({ length: BATCH }, (_, index) => dataOf(10 + index)) }]),
        BATCH,
      ),
      revoke: await measure(theirs.revoke!({ schema, data: { uid: args.uid, value: 0 } })),
    };
  } finally {
    await connection.close();
  }
}

function dataOf(index: number) {
  const identity = `octo-of-the-deep-${String(index).padStart(3, "0")}`.slice(-GIST.identity.length);
  const uuid = `0x${GIST.uuid.replaceAll("-", "")}`;
  return {
    recipient: person(`gas: avatar ${index}`).address,
    expirationTime: 0,
    revocable: true,
    refUID: ZeroHash,
    data: AbiCoder.defaultAbiCoder().encode(
      SCHEMA.split(",").map((field) => field.split(" ")[0]!),
      [GIST.platform, identity, uuid, GIST.createdAt, ACCOUNT_ID, GIST.proofLocation],
    ),
    value: 0,
  };
}

async function fetchEas(): Promise<{ EAS: EasArtifact; SchemaRegistry: EasArtifact }> {
  const folder = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
  try {
    const { stdout } = await run("npm", [
      "pack",
      EAS.package,
      "--json",
      "--ignore-scripts",
      "--pack-destination",
      folder,
    ]);
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const tarball = join(folder, filename);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64")}`;
    if (found !== EAS.integrity) throw new Error(`${EAS.package} is ${found}, not ${EAS.integrity}`);
    await run("tar", ["-xzf", tarball, "-C", folder]);
    const read = async (name: string) =>
      JSON.parse(
        await readFile(join(folder, "package/artifacts/contracts", `${name}.sol`, `${name}.json`), "utf8"),
      ) as EasArtifact;
    return { EAS: await read("EAS"), SchemaRegistry: await read("SchemaRegistry") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

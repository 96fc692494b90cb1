import { readdir } from "node:fs/promises";

import { expect } from "chai";
import { dataLength } from "ethers";

import {
  type Artifact,
  type StorageLayout,
  type StorageVariable,
  readArtifact,
  readBuildInfo,
} from "../../scripts/lib/artifacts.ts";
import { readSnapshot } from "../helpers/snapshot.ts";

/** The most that a chain takes: EIP-170 and EIP-3860. */
const MAX_RUNTIME_CODE = 24_576;
const MAX_INIT_CODE = 49_152;

/** What others rely on, or pay for, beside the ABI. */
interface Shape {
  /** `slot+offset label: type (bytes)`, the members of a struct behind it. */
  storage: string[];
  runtimeCode: number;
  initCode: number;
}

const CONTRACTS = new URL("../../contracts/", import.meta.url);

/** The contracts that are no tests, libraries or interfaces, by their paths below contracts/ without the ending. */
async function contractNames(): Promise<string[]> {
  const [own, examples] = await Promise.all([readdir(CONTRACTS), readdir(new URL("examples/", CONTRACTS))]);
  return [...own, ...examples.map((name) => `examples/${name}`)]
    .filter((name) => name.endsWith(".sol"))
    .map((name) => name.replace(/\.sol$/, ""))
    .sort();
}

async function shapeOf(artifact: Artifact): Promise<Shape> {
  const { output } = await readBuildInfo(artifact);
  const { storageLayout } = output.contracts[artifact.inputSourceName]![artifact.contractName]!;
  return {
    storage: storageLayout.storage.flatMap((variable) => describeVariable(variable, storageLayout)),
    runtimeCode: dataLength(artifact.deployedBytecode),
    initCode: dataLength(artifact.bytecode),
  };
}

/** By the types' labels, since their names contain numbers that change with any other source. */
function describeVariable({ label, slot, offset, type }: StorageVariable, layout: StorageLayout): string[] {
  const { label: name, numberOfBytes } = layout.types![type]!;
  return [`${slot}+${offset} ${label}: ${name} (${numberOfBytes})`, ...membersOf(type, layout)];
}

/** The members of a struct, also of one that a mapping or an array leads to. */
function membersOf(type: string, layout: StorageLayout): string[] {
  const { members = [], value, base } = layout.types![type]!;
  const next = value ?? base;
  if (next !== undefined) return membersOf(next, layout);
  return members.flatMap((member) => describeVariable(member, layout).map((line) => `  ${line}`));
}

describe("contracts", () => {
  let shapes: Record<string, Shape>;

  before(async () => {
    const names = await contractNames();
    shapes = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await shapeOf(await readArtifact(name))] as const)),
    );
  });

  it("fit into what chains take", () => {
    for (const [name, { runtimeCode, initCode }] of Object.entries(shapes)) {
      // An abstract contract has none.
      if (name !== "examples/IdentityGate") expect(runtimeCode, name).to.be.above(0);
      expect(runtimeCode, name).to.be.at.most(MAX_RUNTIME_CODE);
      expect(initCode, name).to.be.at.most(MAX_INIT_CODE);
    }
  });

  it("have the storage and the sizes of the snapshot (UPDATE_SNAPSHOTS=1 writes it anew)", async () => {
    expect(shapes).to.deep.equal(await readSnapshot("contracts/layout.snapshot.json", shapes));
  });
});

import { STATE_TOPICS, signAnchor } from "@syngraph/sdk/protocol";
import { id } from "ethers";

import type { StateAnchor } from "../../types/ethers-contracts/index.ts";
import { type Person, person } from "./contractLinks.ts";
import { type Registries, addAttesters, useRegistries } from "./contracts.ts";

/** Two who are operators, in ascending order of their addresses, and one who never was. */
export const [one, two] = ["operator a", "operator b"]
  .map((name) => person(name))
  .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1)) as [Person, Person];
export const mallory = person("mallory");

/** An anchor, and a root that stands for some tree. */
export const EXAMPLE = { topic: STATE_TOPICS.kv, epoch: 1n, root: id("root"), uri: "https://one.example/kv/1.json" };

/** The registries, a StateAnchor, and what tests do with it. */
export interface Anchors extends Registries {
  anchors: StateAnchor;
  /** Anchors as the sender of the transaction. */
  anchor: (who: Person, fields?: Partial<typeof EXAMPLE>) => ReturnType<StateAnchor["anchor"]>;
  /** Anchors by signature, brought by somebody without rights. */
  relay: (who: Person, fields?: Partial<typeof EXAMPLE>) => ReturnType<StateAnchor["anchorBySignature"]>;
}

/** Deploys a StateAnchor beside the registries before each test of a suite, with {@link one} and {@link two} as operators. */
export function useAnchors(): () => Anchors {
  const registries = useRegistries();
  let world: Anchors;

  beforeEach(async () => {
    const { ethers, attesters, networkHelpers, stranger } = registries();
    const anchors: StateAnchor = await ethers.deployContract("StateAnchor", [await attesters.getAddress()]);
    await addAttesters(registries(), [one, two]);
    for (const { address } of [one, two, mallory]) await networkHelpers.setBalance(address, 10n ** 18n);
    world = {
      ...registries(),
      anchors,
      anchor: async (who, fields) => {
        const { topic, epoch, root, uri } = { ...EXAMPLE, ...fields };
        const theirs = anchors.connect(await ethers.getImpersonatedSigner(who.address));
        return theirs.anchor(topic, epoch, root, uri);
      },
      relay: (who, fields) => {
        const whole = { ...EXAMPLE, ...fields };
        const { topic, epoch, root, uri } = whole;
        return anchors.connect(stranger).anchorBySignature(topic, epoch, root, uri, signAnchor(who.privateKey, whole));
      },
    };
  });

  return () => world;
}

import { expect } from "chai";
import { type Log, concat, dataSlice, toBeHex } from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { person } from "../helpers/contractLinks.ts";
import { type RawLog } from "../helpers/contractReader.ts";
import { readSubkeys } from "../helpers/contractSubkeyReader.ts";
import {
  type Subkeys,
  accountHolder,
  authorizing,
  es256Holder,
  importing,
  passkeyHolder,
  renouncing,
  revoking,
  useSubkeys,
  withArgument,
  withSmallV,
} from "../helpers/contractSubkeys.ts";

const [alice, bob] = [person("alice"), person("bob")];
const phone = passkeyHolder("phone");
const laptop = accountHolder("laptop");
const tablet = es256Holder("tablet", "other.example");

/** A history with every kind of event, key and signature. */
async function writeHistory(world: Subkeys): Promise<void> {
  const { registry, ethers, networkHelpers } = world;
  await registry.authorize(...authorizing(world, alice, phone, { expiresAt: NOW + 3600 }));
  const small = authorizing(world, alice, laptop, { name: "🎭 é" });
  await registry.authorize(...withArgument(small, 1, withSmallV(small[1])));
  await registry.importAuthorization(...importing(world, bob, tablet));
  await registry.importAuthorization(
    ...importing(world, bob, laptop, { publicKey: laptop.person.key.compressed.toUpperCase().replace("0X", "0x") }),
  );
  await registry.authorize(...authorizing(world, alice, phone, { nonce: 1, name: "renamed" }));
  await registry.revokeBySig(...revoking(world, alice, phone, 2));
  await registry.renounce(...renouncing(world, bob, tablet, 1));
  await registry.revokeBySig(...revoking(world, bob, phone, 0));
  await networkHelpers.setBalance(bob.address, 10n ** 18n);
  await registry.connect(await ethers.getImpersonatedSigner(bob.address)).revoke(laptop.id);
  await registry.authorize(...authorizing(world, bob, laptop, { nonce: 2 }));
}

/** Another value of the same Solidity type. */
function forge(type: string, value: bigint): unknown {
  if (type === "address") return laptop.person.address;
  if (type === "string") return `${String(value)}x`;
  if (type === "bytes")
    return concat([toBeHex(Number(dataSlice(String(value), 0, 1)) ^ 1, 1), dataSlice(String(value), 1)]);
  if (type === "bytes32") return toBeHex(1, 32);
  return type === "uint8" ? 1n - value : value + 1n;
}

describe("SubkeyRegistry", () => {
  const world = useSubkeys();

  async function logs(): Promise<Log[]> {
    const { ethers, registry } = world();
    return ethers.provider.getLogs({ address: await registry.getAddress(), fromBlock: 0 });
  }

  describe("events", () => {
    it("are enough to verify every signature and to know where every subkey stands", async () => {
      const { registry, domain } = world();
      await writeHistory(world());
      const read = [...readSubkeys(domain, await logs()).values()];
      expect(read.map(({ name, imported }) => [name, imported])).to.deep.equal([
        ["renamed", false],
        ["🎭 é", false],
        ["", true],
        ["Alice's phone", false],
        ["", false],
      ]);
      for (const { avatar, id, nonce, validUntil } of read) {
        expect(await registry.authorizationOf(avatar, id)).to.deep.equal([nonce, validUntil]);
        expect(await registry.isValid(avatar, id)).to.equal(validUntil > BigInt(NOW + 1000));
      }
      expect(read.map(({ validUntil }) => validUntil !== 0n)).to.deep.equal([false, true, false, true, false]);
    });

    it("betray an RPC that changes any of them", async () => {
      const { domain, registry } = world();
      await writeHistory(world());
      const all = await logs();
      let forged = 0;
      for (const [index, log] of all.entries()) {
        const { fragment, args } = registry.interface.parseLog(log)!;
        for (const [at, { name, type }] of fragment.inputs.entries()) {
          // A revocation by transaction has no signature to tell by.
          if (fragment.name === "SubkeyRevoked" && args.signature === "0x") continue;
          const changed = registry.interface.encodeEventLog(fragment, args.toArray().with(at, forge(type, args[at])));
          expect(
            () => readSubkeys(domain, (all as RawLog[]).with(index, changed)),
            `${fragment.name} ${name}`,
          ).to.throw();
          forged++;
        }
      }
      expect(forged).to.be.greaterThan(60);
    });
  });
});

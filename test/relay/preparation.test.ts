import { expect } from "chai";
import { AbiCoder, ZeroHash, concat, dataLength, getCreate2Address, keccak256, toBeHex } from "ethers";

import type { OutboxItem } from "../../api/relay/outbox.ts";
import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { CREATE2_PROXY } from "../../scripts/lib/create2.ts";
import type { Person } from "../helpers/contractLinks.ts";
import { type RelayWorld, sharedRelayWorld, somebody, walletLink } from "../helpers/relayWorld.ts";

/**
 * Creation code that calls the factory with some data, and leaves no code itself, as ERC-6492 would have it:
 * `CODECOPY` of the data behind it to memory, `CALL`, `RETURN` of nothing.
 */
function calling(factory: string, data: string): string {
  const size = toBeHex(dataLength(data), 3);
  const copy = concat(["0x62", size, "0x602b5f39"]);
  const call = concat(["0x5f5f62", size, "0x5f5f73", factory, "0x5af1"]);
  const code = concat([copy, call, "0x505f5ff3"]);
  return concat([code, data]);
}

describe("a wallet that is not there yet (ERC-6492)", () => {
  let world: RelayWorld;
  before(async function () {
    this.timeout(120_000);
    world = await sharedRelayWorld();
  });

  /** The wallet of an owner: where it will be, and what creates it there. */
  async function walletOf(owner: Person) {
    const { bytecode } = await readArtifact("test/OwnedWallet");
    const args = AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [owner.address, ZeroHash]);
    const code = concat([bytecode, args]);
    const address = getCreate2Address(CREATE2_PROXY, ZeroHash, keccak256(code)).toLowerCase();
    return { address, preparation: calling(CREATE2_PROXY, concat([ZeroHash, code])) };
  }

  async function relayed(accepting: Promise<OutboxItem>[]) {
    const accepted = await Promise.all(accepting);
    const relayer = await world.relayer(await world.fundedKey());
    const items = await world.ended(accepted);
    const transactions = await world.transactions(relayer);
    await relayer.stop();
    return { items, kinds: transactions.map(({ kind }) => kind) };
  }

  it("is created first, and once, and then bound", async () => {
    const [avatar, owner] = [somebody(), somebody()];
    const { address, preparation } = await walletOf(owner);
    const first = walletLink(avatar, { identity: address, cosigner: owner });
    const next = walletLink(avatar, { identity: address, cosigner: owner, after: first });
    const more = { preparation, contractWallet: true };
    const { items, kinds } = await relayed([world.accept(first, more), world.accept(next, more)]);
    expect(items.map(({ state, reason }) => [state, reason])).to.deep.equal([
      ["included", ""],
      ["included", ""],
    ]);
    expect(kinds[0]).to.equal("prepare");
    expect(kinds.filter((kind) => kind === "prepare")).to.have.length(1);
    expect(await world.contract.isBound(avatar.address, "ethereum", address)).to.equal(true);
  });

  it("is refused where its creation reverts, takes too much, or makes another one; nobody else is", async () => {
    const owner = somebody();
    const { address } = await walletOf(owner);
    const elsewhere = (await walletOf(somebody())).preparation;
    // `INVALID`, and `JUMPDEST PUSH0 JUMP`, for ever.
    const preparations = ["0xfe", "0x5b5f56", elsewhere];
    const { items, kinds } = await relayed([
      ...preparations.map((preparation) =>
        world.accept(walletLink(somebody(), { identity: address, cosigner: owner }), {
          preparation,
          contractWallet: true,
        }),
      ),
      world.accept(walletLink(somebody())),
    ]);
    expect(items.map(({ state }) => state)).to.deep.equal(["refused", "refused", "refused", "included"]);
    for (const { reason } of items.slice(0, 3)) expect(reason).to.match(/^the wallet could not be created: /);
    // What fails when it is tried is not paid for.
    expect(kinds.toSorted()).to.deep.equal(["appendBatch", "prepare"]);
  });
});

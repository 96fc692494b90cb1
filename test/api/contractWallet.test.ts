import { signText, wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, ZeroHash } from "ethers";

import { type Person, get, newPerson } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { type TestFactory, deployWalletFactory } from "../helpers/walletFactory.ts";
import { draftProof, submit, submitWell } from "./proofs.ts";

describe("ProofService: wallets that are contracts", () => {
  let test: TestStack;
  let factory: TestFactory;
  before(async () => {
    test = await sharedStack();
    factory = await deployWalletFactory(test.provider);
  });

  const drafted = (person: Person, address: string, action: "create" | "delete" = "create") =>
    draftProof(test, person, { action, platform: "ethereum", identity: address });

  it("binds one that is not deployed yet by having it deployed (ERC-6492), and lets it release itself", async () => {
    const [person, owner] = [newPerson(), Wallet.createRandom()];
    const { address, deployer } = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
    const draft = await drafted(person, address);
    const inner = signText(owner.privateKey, draft.answer.sign_payload).raw;
    const extra = { signature: draft.signature.base64, wallet_signature: wrapSignature(inner, deployer) };
    await submitWell(test, draft, { extra });

    expect(await test.registry.isBound(person.key.address, "ethereum", address.toLowerCase())).to.equal(true);
    expect(await test.provider.getCode(address)).to.have.length.above(2);
    // The relayer is never who calls a stranger's factory: that was a creation without code.
    const caller: string = await factory.contract.getFunction("caller").staticCall();
    expect(await test.provider.getBalance(caller)).to.equal(0n);
    expect(await test.provider.getCode(caller)).to.equal("0x");
    const { body } = await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`);
    expect(body.proof_chain[0].extra.wallet_signature).to.equal(Buffer.from(inner.slice(2), "hex").toString("base64"));

    const end = await drafted(person, address, "delete");
    const attacker = signText(Wallet.createRandom().privateKey, end.answer.sign_payload).base64;
    expect((await submit(test, end, { extra: { wallet_signature: attacker } })).status).to.equal(400);
    const own = signText(owner.privateKey, end.answer.sign_payload).raw;
    await submitWell(test, end, { extra: { wallet_signature: wrapSignature(own, deployer) } });
    expect(await test.registry.isBound(person.key.address, "ethereum", address.toLowerCase())).to.equal(false);
  });

  it("refuses a signature that the wallet will not take, and deploys nothing for it", async () => {
    const [person, owner] = [newPerson(), Wallet.createRandom()];
    const { address, deployer } = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
    const draft = await drafted(person, address);
    const forged = signText(Wallet.createRandom().privateKey, draft.answer.sign_payload).raw;
    const extra = { signature: draft.signature.base64, wallet_signature: wrapSignature(forged, deployer) };
    const answer = await submit(test, draft, { extra });
    expect(answer.status).to.equal(400);
    expect(answer.body.message).to.include("does not take the signature (ERC-6492)");
    expect(await test.provider.getCode(address)).to.equal("0x");
  });

  it("does not bind what takes everything only while it is tried", async () => {
    const person = newPerson();
    const { address, deployer } = await factory.plan("test/PretendingWallet");
    const draft = await drafted(person, address);
    const extra = { signature: draft.signature.base64, wallet_signature: wrapSignature("0x00", deployer) };
    const answer = await submit(test, draft, { extra });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(400);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(0n);
    expect(await test.registry.isBound(person.key.address, "ethereum", address.toLowerCase())).to.equal(false);
  });
});

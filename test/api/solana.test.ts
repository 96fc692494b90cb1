import { verifyChain } from "@syngraph/sdk/client";
import { expect } from "chai";
import { encodeBase58, encodeBase64 } from "ethers";

import { type Person, get, newPerson } from "../helpers/api.ts";
import { type SolanaWallet, newSolanaWallet } from "../helpers/solanaWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { draftProof, expectRefused, signedDelete, submit, submitWell } from "./proofs.ts";
import { append, claim } from "./stranger.ts";

describe("ProofService: solana", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const drafted = (person: Person, { address }: SolanaWallet, action: "create" | "delete" = "create") =>
    draftProof(test, person, { action, platform: "solana", identity: address });

  /** Both signatures of a draft, the wallet's in Base58. */
  const both = ({ answer, signature }: Awaited<ReturnType<typeof drafted>>, wallet: SolanaWallet) => ({
    signature: signature.base64,
    wallet_signature: encodeBase58(wallet.sign(answer.sign_payload)),
  });

  it("binds a wallet with both signatures, finds it in its own capitals, and lets anybody verify the wallet's", async () => {
    const [person, wallet] = [newPerson(), newSolanaWallet()];
    const draft = await drafted(person, wallet);
    const extra = both(draft, wallet);
    expect(draft.content).to.equal("");
    await submitWell(test, draft, {
      extra: { ...extra, wallet_signature: encodeBase64(wallet.sign(draft.answer.sign_payload)) },
    });

    expect(await test.registry.isBound(person.key.address, "solana", wallet.address)).to.equal(true);
    const { body } = await get(test.stack, `/v1/proof?platform=solana&identity=${wallet.address}&exact=true`);
    expect(body.ids[0].avatar).to.equal(person.key.compressed);
    expect(body.ids[0].proofs[0]).to.include({
      ...{ platform: "solana", identity: wallet.address, alt_id: wallet.address, is_valid: true, status: "confirmed" },
      proof_location: extra.wallet_signature,
    });
    const chain = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body.proof_chain;
    expect(chain[0].extra).to.deep.equal({ wallet_signature: extra.wallet_signature });
    const [checked] = verifyChain(chain, person.key.compressed);
    expect(checked).to.deep.include({ ok: true, problem: null });
    expect(checked!.checks.cosigner).to.equal("pass");
  });

  it("refuses another wallet's signature, and none, and changes nothing", async () => {
    const [person, wallet, attacker] = [newPerson(), newSolanaWallet(), newSolanaWallet()];
    const draft = await drafted(person, wallet);
    const attempts: [extra: object, message: string][] = [
      [both(draft, attacker), `not signed by ${wallet.address}`],
      [{ signature: draft.signature.base64 }, "wallet_signature not found"],
      [{ ...both(draft, wallet), signature: "" }, "bad signature"],
      [{ ...both(draft, wallet), wallet_signature: draft.signature.base64 }, "64 bytes"],
    ];
    for (const [extra, message] of attempts) {
      await expectRefused(test, person, () => submit(test, draft, { extra }), 400, message);
    }
  });

  it("refuses the avatar of somebody else, for whom the wallet never signed", async () => {
    const [victim, attacker, wallet] = [newPerson(), newPerson(), newSolanaWallet()];
    const draft = await drafted(victim, wallet);
    const own = await drafted(attacker, wallet);
    await expectRefused(test, victim, () => submit(test, draft, { extra: both(own, wallet) }), 400, "bad signature");
    const extra = { signature: draft.signature.base64, wallet_signature: both(own, wallet).wallet_signature };
    await expectRefused(test, victim, () => submit(test, draft, { extra }), 400, "not signed by");
  });

  it("deletes by the avatar's signature, and says why the wallet's alone does not", async () => {
    const [person, wallet] = [newPerson(), newSolanaWallet()];
    const draft = await drafted(person, wallet);
    await submitWell(test, draft, { extra: both(draft, wallet) });
    const end = await drafted(person, wallet, "delete");
    const { wallet_signature } = both(end, wallet);
    await expectRefused(
      ...([
        test,
        person,
        () => submit(test, end, { extra: { wallet_signature } }),
        400,
        "the contract cannot check it",
      ] as const),
    );
    expect((await signedDelete(test, person, { platform: "solana", identity: wallet.address })).status).to.equal(201);
    expect(await test.registry.isBound(person.key.address, "solana", wallet.address)).to.equal(false);
  });

  it("confirms a claim that was appended past it, by the wallet's signature of that very link", async () => {
    const [person, wallet] = [newPerson(), newSolanaWallet()];
    const draft = await drafted(person, wallet);
    const claimed = claim({ ...person, address: person.key.address } as never, {
      platform: "solana",
      identity: wallet.address,
      uuid: draft.answer.uuid,
      createdAt: Number(draft.answer.created_at),
    });
    await append(test, [claimed]);
    expect(await test.registry.isBound(person.key.address, "solana", wallet.address)).to.equal(false);
    await submitWell(test, draft, { extra: both(draft, wallet) });
    expect(await test.registry.isBound(person.key.address, "solana", wallet.address)).to.equal(true);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);
  });
});

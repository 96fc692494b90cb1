import { recoverPublicKey, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ContractFactory, Wallet, ZeroHash } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { type Person, bindWallet, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

describe("ProofService: ethereum", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  it("binds a wallet with both signatures: 201, and the next read and the contract both show it", async () => {
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    const answer = await bindWallet(test.stack, person, wallet);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(answer.body).to.deep.equal({});

    const found = await get(test.stack, `/v1/proof?platform=ethereum&identity=${wallet.address}&exact=true`);
    expect(found.body.pagination).to.deep.equal({ total: 1, per: 40, current: 1, next: 0 });
    const [record] = found.body.ids;
    expect(record.persona).to.equal(person.key.compressed);
    expect(record.avatar).to.equal(person.key.compressed);
    expect(record.proofs[0]).to.include({
      platform: "ethereum",
      identity: wallet.address.toLowerCase(),
      alt_id: wallet.address.toLowerCase(),
      is_valid: true,
      invalid_reason: "",
      status: "confirmed",
    });
    expect(await test.registry.isBound(person.key.address, "ethereum", wallet.address.toLowerCase())).to.equal(true);

    const exists = await get(
      test.stack,
      `/v1/proof/exists?platform=ethereum&identity=${wallet.address}&public_key=${person.key.uncompressed}`,
    );
    expect(exists.status).to.equal(200);
    expect(exists.body.is_valid).to.equal(true);
  });

  it("shows the chain with texts that recover to the avatar, under both of its names", async () => {
    const [person, first, second] = [newPerson(), Wallet.createRandom(), Wallet.createRandom()];
    await bindWallet(test.stack, person, first);
    await bindWallet(test.stack, person, second);
    const { body } = await get(
      test.stack,
      `/v1/proofchain?public_key=${person.key.uncompressed.slice(2).toUpperCase()}`,
    );
    expect(await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).to.have.deep.property("body", body);
    expect(body.pagination.total).to.equal(2);
    const [one, two] = body.proof_chain;
    for (const item of body.proof_chain) {
      expect(recoverPublicKey(item.signature_payload, item.signature).compressed).to.equal(person.key.compressed);
      expect(item.extra.wallet_signature).to.be.a("string");
    }
    expect(one.prev).to.equal(null);
    expect(JSON.parse(two.signature_payload).prev).to.equal(one.signature);
    expect([one.sequence, two.sequence]).to.deep.equal([1, 2]);
  });

  it("binds a contract wallet by what it takes for a signature (ERC-1271), and refuses what it does not", async () => {
    const [person, owner] = [newPerson(), Wallet.createRandom()];
    const { abi, bytecode } = await readArtifact("test/OwnedWallet");
    const payer = await test.provider.getSigner(5); // One of anvil's own accounts.
    const contract = await new ContractFactory(abi, bytecode, payer).deploy(owner.address, ZeroHash);
    await contract.waitForDeployment();
    const address = await contract.getAddress();
    const refused = await bindWallet(test.stack, person, { address, privateKey: Wallet.createRandom().privateKey });
    expect(refused.status).to.equal(400);
    expect(refused.body.message).to.include("ETH wallet signature validation failed");
    expect((await bindWallet(test.stack, person, { address, privateKey: owner.privateKey })).status).to.equal(201);
    expect(await test.registry.isBound(person.key.address, "ethereum", address.toLowerCase())).to.equal(true);
  });

  it("refuses a wallet's signature that another wallet made, and says whose it is", async () => {
    const [person, wallet, attacker] = [newPerson(), Wallet.createRandom(), Wallet.createRandom()];
    const answer = await bindWallet(test.stack, person, { address: wallet.address, privateKey: attacker.privateKey });
    expect(answer.status).to.equal(400);
    expect(answer.body.message).to.include(attacker.address).and.include("not signed by this wallet");
    expect((await get(test.stack, `/v1/proof?identity=${wallet.address}&status=any`)).body.ids).to.deep.equal([]);
  });

  it("refuses an avatar's signature that another key made", async () => {
    const [victim, attacker, wallet] = [newPerson(), newPerson(), Wallet.createRandom()];
    const answer = await bindWallet(test.stack, { ...victim, privateKey: attacker.privateKey }, wallet);
    expect(answer.status).to.equal(400);
    expect(answer.body.message).to.include("bad signature").and.include(attacker.key.compressed);
    expect(await test.registry.lengthOf(victim.key.address)).to.equal(0n);
  });

  it("deletes by the avatar's signature, by the wallet's, and refuses a stranger's", async () => {
    const [person, first, second, stranger] = [newPerson(), Wallet.createRandom(), Wallet.createRandom(), newPerson()];
    await bindWallet(test.stack, person, first);
    await bindWallet(test.stack, person, second);
    const remove = async (wallet: { address: string }, key: string, name: "signature" | "wallet_signature") => {
      const fields = { action: "delete", platform: "ethereum", identity: wallet.address } as const;
      const answer = await payload(test.stack, person, fields);
      const extra = { [name]: signText(key, answer.sign_payload).base64 };
      return post(test.stack, "/v1/proof", proofBody(person, fields, answer, { extra }));
    };
    for (const name of ["signature", "wallet_signature"] as const) {
      expect((await remove(first, stranger.privateKey, name)).status).to.equal(400);
    }
    expect((await remove(first, person.privateKey, "signature")).status).to.equal(201);
    expect((await remove(second, second.privateKey, "wallet_signature")).status).to.equal(201);

    for (const wallet of [first, second]) {
      const [status] = await test.registry.statusOf(person.key.address, "ethereum", wallet.address.toLowerCase());
      expect(status).to.equal(STATUS.deleted);
      expect((await get(test.stack, `/v1/proof?identity=${wallet.address}`)).body.ids).to.deep.equal([]);
    }
    const { proof_chain } = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body;
    expect(proof_chain.map(({ action }: { action: string }) => action)).to.deep.equal([
      "create",
      "create",
      "delete",
      "delete",
    ]);
    const release = proof_chain[3];
    expect(release).to.include({ signature: "", sequence: null });
    expect(recoverPublicKey(release.signature_payload, release.extra.wallet_signature).address).to.equal(
      second.address,
    );
    // Gone is gone: there is nothing left to delete.
    const again = await remove(first, person.privateKey, "signature");
    expect(again.status).to.equal(400);
    expect(again.body.message).to.include("no proof");
  });

  it("refuses what was used already, and takes two at once without forking the chain", async () => {
    const [person, wallets] = [newPerson(), [Wallet.createRandom(), Wallet.createRandom(), Wallet.createRandom()]];
    const prepared = await Promise.all(
      wallets.map(async (wallet) => {
        const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
        const answer = await payload(test.stack, person, fields);
        const sign = (key: string) => signText(key, answer.sign_payload).base64;
        const extra = { signature: sign(person.privateKey), wallet_signature: sign(wallet.privateKey) };
        return proofBody(person, fields, answer, { extra });
      }),
    );
    const answers = await Promise.all(prepared.map((body) => post(test.stack, "/v1/proof", body)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 400, 400]);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);

    const winner = prepared[answers.findIndex(({ status }) => status === 201)];
    const replay = await post(test.stack, "/v1/proof", winner);
    expect(replay.status).to.equal(400);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);
  });

  it("lets nobody use up the uuid of somebody else's payload, which a post shows before it is submitted", async () => {
    const [person, wallet, attacker] = [newPerson(), Wallet.createRandom(), newPerson()];
    const submit = async (
      who: Person,
      { address, privateKey }: { address: string; privateKey: string },
      uuid?: string,
    ) => {
      const fields = { action: "create", platform: "ethereum", identity: address } as const;
      const answer = await payload(test.stack, who, fields);
      const text = answer.sign_payload.replace(answer.uuid, uuid ?? answer.uuid);
      const extra = {
        signature: signText(who.privateKey, text).base64,
        wallet_signature: signText(privateKey, text).base64,
      };
      return post(test.stack, "/v1/proof", proofBody(who, fields, { ...answer, uuid: uuid ?? answer.uuid }, { extra }));
    };
    const { uuid } = await payload(test.stack, person, { action: "create", platform: "dns", identity: "a.example" });
    expect((await submit(attacker, Wallet.createRandom(), uuid)).status).to.equal(201);
    const own = await submit(person, wallet, uuid);
    expect(own.status, JSON.stringify(own.body)).to.equal(201);
    const standing = (who: Person) => get(test.stack, `/v1/submissions/${uuid}?avatar=${who.key.compressed}`);
    const [theirs, mine] = [await standing(attacker), await standing(person)];
    expect(theirs.body.link_id).not.to.equal(mine.body.link_id);
    expect((await get(test.stack, own.headers.get("location")!)).body).to.deep.equal(mine.body);
  });

  it("says which field differs where a signature is good for a near-by payload", async () => {
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
    const answer = await payload(test.stack, person, fields);
    const submit = (text: string) => {
      const extra = {
        signature: signText(person.privateKey, text).base64,
        wallet_signature: signText(wallet.privateKey, text).base64,
      };
      return post(test.stack, "/v1/proof", proofBody(person, fields, answer, { extra }));
    };
    const said = async (text: string) => (await submit(text)).body.message;
    expect(await said(answer.sign_payload.replace('"create"', '"delete"'))).to.include("action");
    expect(await said(answer.sign_payload.replace(`"${answer.created_at}"`, `"${answer.created_at}000"`))).to.include(
      "milliseconds",
    );
    expect(await said(answer.sign_payload.replace(wallet.address.toLowerCase(), wallet.address))).to.include(
      "identity",
    );
    const late = proofBody(person, fields, { ...answer, created_at: `${answer.created_at}468` });
    expect((await post(test.stack, "/v1/proof", late)).body.message).to.include("milliseconds");
  });
});

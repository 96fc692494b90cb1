import {
  type SubkeyDomain,
  SUBKEY_REGISTRY_ABI,
  es256Proof,
  signSubkeyDigest,
  signText,
  subkeyAuthorizationHash,
  subkeyText,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Contract, TypedDataEncoder, getBytes } from "ethers";

import { readPossession } from "../../api/subkeys/request.ts";
import { readDeployments } from "../../scripts/lib/deploy.ts";
import type { SubkeyRegistry } from "../../types/ethers-contracts/index.ts";
import { type Answer, type Person, get, newPerson, post } from "../helpers/api.ts";
import { type Es256Key, assertWith, es256Key, signEs256 } from "../helpers/passkey.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError, rowsOf } from "./proofs.ts";

/** A subkey's fields as a request has them. */
interface Fields {
  avatar: string;
  algorithm: string;
  public_key: string;
  rp_id: string;
}

/** A subkey with what it can say. */
interface Holder {
  algorithm: "es256" | "secp256k1";
  publicKey: string;
  /** Fields that show that it signed a digest. */
  prove: (digest: string) => object;
}

let named = 0;

function account(): Holder & { person: Person } {
  const person = newPerson();
  return {
    person,
    algorithm: "secp256k1",
    publicKey: person.key.compressed,
    prove: (digest) => ({ possession: signSubkeyDigest(person.privateKey, digest) }),
  };
}

/** A key of WebCrypto's. */
function webCrypto(key: Es256Key = es256Key(`API subkey ${(named += 1)}`)): Holder {
  return {
    algorithm: "es256",
    publicKey: key.publicKey.slice(2),
    prove: (digest) => ({ possession: Buffer.from(getBytes(es256Proof(signEs256(key, digest)))).toString("base64") }),
  };
}

function passkey(rpId: string): Holder {
  const key = es256Key(`API subkey ${(named += 1)}`);
  return {
    ...webCrypto(key),
    prove: (digest) => {
      const { authenticatorData, clientDataJSON, signature } = assertWith(key, rpId, digest);
      return {
        assertion: {
          authenticator_data: base64url(authenticatorData),
          client_data_json: base64url(clientDataJSON),
          signature: base64url(signature),
        },
      };
    },
  };
}

const base64url = (hex: string) => Buffer.from(getBytes(hex)).toString("base64url");

const fieldsOf = (avatar: Person, { algorithm, publicKey }: Holder, rp_id = "example.com"): Fields => ({
  ...{ avatar: avatar.key.compressed, algorithm, public_key: publicKey, rp_id },
});
const signed = ({ privateKey }: Person, text: string) => signText(privateKey, text).base64;

async function expectDone(answer: Answer | Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).to.equal(200);
}

describe("subkeys", () => {
  let test: TestStack;
  let registry: SubkeyRegistry;
  let domain: SubkeyDomain;
  before(async () => {
    test = await sharedStack();
    const [deployment] = await readDeployments(test.stack.deploymentsDir);
    const { address } = deployment!.contracts.SubkeyRegistry;
    domain = { chainId: 31337, verifyingContract: address };
    registry = new Contract(address, SUBKEY_REGISTRY_ABI, test.provider) as unknown as SubkeyRegistry;
  });

  const payloadOf = async (body: object): Promise<Answer["body"]> => {
    const answer = await post(test.stack, "/v1/subkey/payload", body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  };
  const submit = (body: object) => post(test.stack, "/v1/subkey", body);
  const revoke = (body: object) => post(test.stack, "/v1/subkey/revoke", body);
  const listed = async (query: Record<string, string>) => {
    const { status, body } = await get(test.stack, `/v1/subkey?${new URLSearchParams(query)}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body.subkeys;
  };
  /** Authorises as an avatar that knows typed data. */
  async function authorize(avatar: Person, holder: Holder, more: object, rpId?: string): Promise<Answer> {
    const fields = { ...fieldsOf(avatar, holder, rpId), ...more };
    const { digest } = await payloadOf(fields);
    return submit({ ...fields, signature: signSubkeyDigest(avatar.privateKey, digest), ...holder.prove(digest) });
  }

  describe("as Next.ID's clients have them", () => {
    it("are authorised by a text, and echoed as they were handed in", async () => {
      const [avatar, holder] = [newPerson(), account()];
      const fields = {
        avatar: avatar.key.uncompressed.toUpperCase().replace("X", "x"),
        algorithm: "secp256k1",
        public_key: holder.person.key.uncompressed.slice(2).toUpperCase(),
        rp_id: "example.com",
      };
      const { sign_payload } = await payloadOf(fields);
      const { public_key: publicKey, rp_id: rpId } = fields;
      expect(sign_payload).to.equal(
        subkeyText({ avatar: avatar.key.compressed, algorithm: "secp256k1", publicKey, rpId }),
      );
      expect(JSON.parse(sign_payload).avatar).to.equal(avatar.key.compressed.slice(2));

      const answer = await submit({ ...fields, name: "Phone <1>", signature: signed(avatar, sign_payload) });
      expect(answer).to.deep.include({ status: 200, body: { sign_payload } });
      for (const query of [
        { avatar: avatar.key.compressed },
        { avatar: avatar.key.uncompressed.slice(2) },
        { algorithm: "secp256k1", public_key: holder.person.key.compressed },
        { algorithm: "secp256k1", public_key: fields.public_key, avatar: fields.avatar },
      ]) {
        const [found, ...others] = await listed(query as Record<string, string>);
        expect(others).to.deep.equal([]);
        expect(found).to.include({ ...fields, name: "Phone <1>", is_valid: true, on_chain: false, expires_at: 0 });
        expect(found.created_at)
          .to.be.a("number")
          .and.be.closeTo(Date.now() / 1000, 120);
      }
      expect(
        await registry.isValid(avatar.key.address, (await listed({ avatar: fields.avatar }))[0].subkey_id),
      ).to.equal(false);
    });

    it("are one however often they are handed in, and whoever does so renames none", async () => {
      const [avatar, holder] = [newPerson(), webCrypto()];
      const fields = fieldsOf(avatar, holder);
      const signature = signed(avatar, (await payloadOf(fields)).sign_payload);
      await expectDone(submit({ ...fields, name: "Laptop", signature }));
      await expectDone(submit({ ...fields, name: "Mallory's", signature }));
      expect((await listed({ avatar: fields.avatar })).map(({ name }: { name: string }) => name)).to.deep.equal([
        "Laptop",
      ]);
      // For another relying party it is another one.
      const other = fieldsOf(avatar, holder, "other.example");
      await expectDone(submit({ ...other, signature: signed(avatar, (await payloadOf(other)).sign_payload) }));
      expect(await listed({ algorithm: "es256", public_key: `0x${holder.publicKey.toUpperCase()}` })).to.have.length(2);
      expect(await listed({ algorithm: "secp256k1", avatar: fields.avatar })).to.deep.equal([]);
    });

    it("go on chain when the subkey signs too, whatever its kind", async () => {
      for (const holder of [account(), webCrypto(), passkey("example.com")]) {
        const avatar = newPerson();
        const fields = fieldsOf(avatar, holder);
        const { sign_payload, digest, subkey_id } = await payloadOf(fields);
        const whole = { ...fields, name: "Key", signature: signed(avatar, sign_payload), ...holder.prove(digest) };
        await expectDone(submit(whole));
        expect(await registry.isValid(avatar.key.address, subkey_id), holder.algorithm).to.equal(true);
        const [found] = await listed({ avatar: fields.avatar });
        expect(found).to.include({ ...fields, name: "Key", on_chain: true, nonce: 1, is_valid: true, subkey_id });
        // Handed in again it changes nothing, and says so as before.
        await expectDone(submit({ ...whole, name: "Mallory's" }));
        expect(await listed({ avatar: fields.avatar })).to.deep.equal([found]);
      }
    });
  });

  describe("with an expiry", () => {
    it("are authorised by typed data that wallets show, with name and nonce in it", async () => {
      for (const holder of [account(), webCrypto(), passkey("wallet.example")]) {
        const avatar = newPerson();
        const rpId = "wallet.example";
        const expires_at = Math.floor(Date.now() / 1000) + 3600;
        const fields = { ...fieldsOf(avatar, holder, rpId), name: "Phone", expires_at };
        const { typed_data, sign_payload, digest, nonce } = await payloadOf(fields);
        expect(typed_data).to.deep.equal(JSON.parse(sign_payload));
        expect(typed_data.domain.verifyingContract.toLowerCase()).to.equal(domain.verifyingContract.toLowerCase());
        expect(typed_data.message).to.include({ name: "Phone", expiresAt: String(expires_at), nonce: "0" });
        const { EIP712Domain: _, ...types } = typed_data.types;
        expect(TypedDataEncoder.hash(typed_data.domain, types, typed_data.message)).to.equal(digest);
        expect(nonce).to.equal(0);
        await expectDone(authorize(avatar, holder, { name: "Phone", expires_at }, rpId));
        const [found] = await listed({ avatar: fields.avatar });
        expect(found).to.include({ name: "Phone", expires_at, on_chain: true, is_valid: true, nonce: 1, rp_id: rpId });
        expect(found.avatar).to.equal(avatar.key.compressed);
        const [next, validUntil] = await registry.authorizationOf(avatar.key.address, found.subkey_id);
        expect([next, validUntil]).to.deep.equal([1n, BigInt(expires_at)]);
      }
    });

    it("are authorised anew with another name, which counts, as it is signed", async () => {
      const [avatar, holder] = [newPerson(), account()];
      await expectDone(authorize(avatar, holder, { name: "Old", expires_at: 0 }));
      await expectDone(authorize(avatar, holder, { name: "New", expires_at: 0 }));
      const [found] = await listed({ avatar: avatar.key.compressed });
      expect(found).to.include({ name: "New", nonce: 2, expires_at: 0, is_valid: true });
    });

    it("are refused where that lies in the past, is in milliseconds, or is none", async () => {
      const fields = fieldsOf(newPerson(), account());
      for (const [expires_at, words] of [
        [1_700_000_000, "expires_at 1700000000 is not after now"],
        [Date.now(), "when parsing body: expires_at"],
        [-1, "when parsing body: expires_at"],
        [1.5, "when parsing body: expires_at"],
        ["soon", "when parsing body: expires_at"],
      ] as const) {
        expectError(await post(test.stack, "/v1/subkey/payload", { ...fields, expires_at }), 400, words);
      }
    });
  });

  describe("revoked", () => {
    it("by the avatar are gone, and no text brings them back, but typed data do", async () => {
      const [avatar, holder] = [newPerson(), account()];
      const fields = fieldsOf(avatar, holder);
      const { sign_payload, digest, subkey_id } = await payloadOf(fields);
      const whole = { ...fields, name: "Phone", signature: signed(avatar, sign_payload), ...holder.prove(digest) };
      await expectDone(submit(whole));
      const revocation = await payloadOf({ ...fields, action: "revoke" });
      const signature = signSubkeyDigest(avatar.privateKey, revocation.digest);
      await expectDone(revoke({ ...fields, signature }));
      expect(await registry.isValid(avatar.key.address, subkey_id)).to.equal(false);
      expect(await listed({ avatar: fields.avatar })).to.deep.equal([]);
      const [ended] = await listed({ avatar: fields.avatar, status: "any" });
      expect(ended).to.include({ is_valid: false, invalid_reason: "revoked", nonce: 2 });

      expectError(await submit(whole), 400, "Next.ID's text has no time: it counts no more");
      expectError(await revoke({ ...fields, signature }), 400, "nonce is 1 there, it must be 2");
      await expectDone(authorize(avatar, holder, { name: "Again", expires_at: 0 }));
      expect((await listed({ avatar: fields.avatar }))[0]).to.include({ name: "Again", nonce: 3, is_valid: true });
    });

    it("by themselves are gone too, whatever their kind", async () => {
      for (const holder of [account(), webCrypto(), passkey("example.com")]) {
        const avatar = newPerson();
        await expectDone(authorize(avatar, holder, { expires_at: 0 }));
        const fields = fieldsOf(avatar, holder);
        const { digest } = await payloadOf({ ...fields, action: "revoke" });
        await expectDone(revoke({ ...fields, ...holder.prove(digest) }));
        expect(await listed({ avatar: fields.avatar })).to.deep.equal([]);
      }
    });

    it("are gone also where this node alone kept them: the chain counts", async () => {
      const [avatar, holder] = [newPerson(), webCrypto()];
      const fields = fieldsOf(avatar, holder);
      const { sign_payload } = await payloadOf(fields);
      const whole = { ...fields, signature: signed(avatar, sign_payload) };
      await expectDone(submit(whole));
      const { digest } = await payloadOf({ ...fields, action: "revoke" });
      await expectDone(revoke({ ...fields, signature: signSubkeyDigest(avatar.privateKey, digest) }));
      expect(await listed({ avatar: fields.avatar })).to.deep.equal([]);
      expect((await listed({ avatar: fields.avatar, status: "any" }))[0]).to.include({ invalid_reason: "revoked" });
      expectError(await submit(whole), 400, "it counts no more");
    });
  });

  /** What of an avatar is on its way to the chain, or stored here. */
  async function traces({ key }: Person) {
    const avatar = [key.address.toLowerCase()];
    return {
      outbox: await rowsOf(test.stack.databaseUrl, "SELECT id FROM api.submission WHERE avatar = $1", avatar),
      stated: await rowsOf(test.stack.databaseUrl, "SELECT name FROM api.subkey WHERE avatar = $1", avatar),
    };
  }

  describe("an attacker", () => {
    it("cannot authorise for another avatar, nor with a key that does not agree", async () => {
      const [avatar, mallory, holder, other] = [newPerson(), newPerson(), account(), account()];
      const fields = fieldsOf(avatar, holder);
      const { sign_payload, digest } = await payloadOf(fields);
      const signature = signed(avatar, sign_payload);
      for (const [body, words] of [
        [{ signature: signed(mallory, sign_payload) }, `it recovers to ${mallory.key.compressed}`],
        [{ signature: signed(holder.person, sign_payload) }, "Error when validating signature: it is not by"],
        [{ signature, rp_id: "evil.example" }, "Error when validating signature"],
        [{ signature, public_key: other.publicKey }, "Error when validating signature"],
        [{ signature, public_key: holder.publicKey.slice(2) }, "Error when validating signature"],
        [{ signature, ...other.prove(digest) }, "possession: the subkey did not sign the digest"],
        [{ signature, ...holder.prove(digest), expires_at: 0 }, "over the typed data"],
        [{ signature: signSubkeyDigest(avatar.privateKey, digest), expires_at: 0 }, "possession is missing"],
      ] as const) {
        expectError(await submit({ ...fields, ...body }), 400, words);
      }
      expect(await traces(avatar)).to.deep.equal({ outbox: [], stated: [] });
    });

    it("cannot use typed data twice, for another name or time, or of another contract", async () => {
      const [avatar, holder] = [newPerson(), account()];
      const fields = { ...fieldsOf(avatar, holder), name: "Phone", expires_at: 0 };
      const { digest } = await payloadOf(fields);
      const whole = { ...fields, signature: signSubkeyDigest(avatar.privateKey, digest), ...holder.prove(digest) };
      expectError(await submit({ ...whole, name: "Mine" }), 400, "Error when validating signature");
      expectError(await submit({ ...whole, expires_at: 9_999_999_999 }), 400, "Error when validating signature");
      const subkey = {
        algorithm: "secp256k1" as const,
        publicKey: `0x${holder.person.key.uncompressed.slice(4)}`,
        rpId: "example.com",
      };
      const elsewhere = subkeyAuthorizationHash(
        { ...domain, verifyingContract: await test.registry.getAddress() },
        { avatar: avatar.key.address, subkey, name: "Phone", expiresAt: 0, nonce: 0 },
      );
      const foreign = {
        ...fields,
        signature: signSubkeyDigest(avatar.privateKey, elsewhere),
        ...holder.prove(elsewhere),
      };
      expectError(await submit(foreign), 400, "Error when validating signature");
      await expectDone(submit(whole));
      expectError(await submit(whole), 400, "Error when validating signature");
    });

    it("cannot revoke what is not theirs", async () => {
      const [avatar, mallory, holder, other] = [newPerson(), newPerson(), account(), account()];
      await expectDone(authorize(avatar, holder, { expires_at: 0 }));
      const fields = fieldsOf(avatar, holder);
      const { digest } = await payloadOf({ ...fields, action: "revoke" });
      const signature = signSubkeyDigest(mallory.privateKey, digest);
      expectError(await revoke({ ...fields, signature }), 400, `but by ${mallory.key.compressed}`);
      expectError(await revoke({ ...fields, ...other.prove(digest) }), 400, "possession: the subkey did not sign");
      expectError(await revoke(fields), 400, "signature or possession is missing");
      expect(await listed({ avatar: fields.avatar })).to.have.length(1);
    });
  });

  it("are read in no time, whatever stands for Base64", () => {
    const { publicKey } = es256Key("reader");
    const subkey = { algorithm: "es256", publicKey, rpId: "example.com" } as const;
    // Searched for its end from each place anew, this would take an hour.
    const padding = "=".repeat(2_000_000);
    expect(() => readPossession(subkey, `${padding}!`, undefined)).to.throw("possession is neither hex");
  });

  it("say what is wrong with a request, as Next.ID does", async () => {
    const [avatar, holder] = [newPerson(), account()];
    const fields = fieldsOf(avatar, holder);
    const signature = signed(avatar, (await payloadOf(fields)).sign_payload);
    for (const [change, words] of [
      [{ rp_id: "" }, /^rp_id is empty$/],
      [{ rp_id: null }, /^rp_id is empty$/],
      [{ rp_id: "EXAMPLE.com" }, /^rp_id: must be 1 to 253 of a-z/],
      [{ avatar: "aaa" }, /^when parsing avatar public key: /],
      [{ public_key: "aaa" }, /^when parsing subkey public key: /],
      [{ algorithm: "es256" }, /^when parsing subkey public key: .*P-256/],
      [{ algorithm: "rsa" }, /^algorithm: must be es256 or secp256k1$/],
      [{ public_key: avatar.key.compressed }, /^public_key: must not be the avatar's own$/],
    ] as const) {
      expectError(await post(test.stack, "/v1/subkey/payload", { ...fields, ...change }), 400, words);
      expectError(await submit({ ...fields, signature, ...change }), 400, words);
      expectError(await revoke({ ...fields, signature, ...change }), 400, words);
    }
    const malformed: [object, RegExp][] = [
      [{ signature: "%" }, /^Error when decoding signature: /],
      [{ signature: "AAAA" }, /^Error when decoding signature: .*Signature length invalid: 3/],
      [{ possession: "%" }, /^possession is neither hex/],
      [{ possession: "0x00" }, /^possession: /],
      [{ assertion: {} }, /^when parsing body: |^param missing: /],
      [
        { assertion: { authenticator_data: "", client_data_json: "", signature: "" } },
        /^assertion: a passkey is of es256$/,
      ],
      [{ name: "a".repeat(256) }, /^name: must have at most 255 bytes/],
      [{ name: "a\u0000b" }, /^name: contains U\+0000$/],
    ];
    for (const [change, words] of malformed) {
      expectError(await submit({ ...fields, signature, ...change }), 400, words);
    }
    const assertion = { authenticator_data: "AA", client_data_json: "e30", signature: "AA" };
    const es256 = { ...fieldsOf(avatar, webCrypto()), signature, assertion };
    expectError(await submit(es256), 400, /^possession: .*client data have no type or no challenge$/);

    expectError(await get(test.stack, "/v1/subkey"), 400, /^Avatar or public_key should be given$/);
    expectError(await get(test.stack, "/v1/subkey?avatar=aaa"), 400, /^Error when parsing avatar: /);
    expectError(
      await get(test.stack, "/v1/subkey?public_key=aa"),
      400,
      /^One of avatar or algorighm should be given\.$/,
    );
    expectError(await get(test.stack, "/v1/subkey?public_key=aa&algorithm=es256"), 400, /^Error when parsing subkey: /);
    expect(await listed({ avatar: newPerson().key.compressed })).to.deep.equal([]);
  });
});

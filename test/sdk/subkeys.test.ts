import {
  Avatar,
  InputError,
  type SubkeySigner,
  Syngraph,
  SyngraphError,
  TrustError,
  accountSubkey,
  webCryptoSubkey,
} from "@syngraph/sdk";
import { expect } from "chai";

import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { assertWith, es256Key } from "../helpers/passkey.ts";
import { failure } from "./failure.ts";
import { reply, useStubServer } from "./stubServer.ts";

const RP_ID = "app.example";

/** A passkey without its browser: test/browser has one that has. */
function authenticator(name: string): SubkeySigner {
  const key = es256Key(name);
  return {
    ...{ algorithm: "es256", publicKey: key.publicKey, rpId: RP_ID },
    prove: async (digest) => {
      const { authenticatorData, clientDataJSON, signature } = assertWith(key, RP_ID, digest, { flags: 0x05 });
      return { authenticator_data: authenticatorData, client_data_json: clientDataJSON, signature };
    },
  };
}

async function webCryptoKey(): Promise<SubkeySigner> {
  const settings = { name: "ECDSA", namedCurve: "P-256" };
  return webCryptoSubkey(await crypto.subtle.generateKey(settings, false, ["sign", "verify"]), RP_ID);
}

describe("SDK: subkeys", () => {
  let test: TestStack;
  let syngraph: Syngraph;
  before(async () => {
    test = await sharedStack();
    syngraph = new Syngraph({ api: test.stack.apiUrl });
  });

  const listed = async (avatar: Avatar, ended = false) =>
    (await syngraph.subkeys(avatar.publicKey, { ended })).map(({ name, is_valid }) => [name, is_valid]);

  const KINDS: [string, () => Promise<SubkeySigner>][] = [
    ["an account", async () => accountSubkey(Avatar.create(), RP_ID)],
    ["a key of WebCrypto's that cannot be exported", webCryptoKey],
    ["a passkey", async () => authenticator(`sdk ${Math.random()}`)],
  ];
  for (const [what, make] of KINDS) {
    it(`authorises ${what}, which is then known on chain, and revokes it`, async () => {
      const [avatar, signer] = [Avatar.create(), await make()];
      const expiresAt = new Date(Date.now() + 3_600_000);
      const { subkeyId, included } = await syngraph.authorizeSubkey(avatar, signer, { name: what, expiresAt });
      expect(included).to.equal(true);
      const [record, ...others] = await syngraph.subkeys(avatar.publicKey);
      expect(others).to.deep.equal([]);
      expect(record).to.include({ subkey_id: subkeyId, name: what, rp_id: RP_ID, on_chain: true, is_valid: true });
      expect(record!.expires_at).to.equal(Math.floor(expiresAt.getTime() / 1000));
      await syngraph.revokeSubkey(avatar, signer);
      expect(await listed(avatar)).to.deep.equal([]);
      expect(await listed(avatar, true)).to.deep.equal([[what, false]]);
    });
  }

  it("has a subkey end itself, and authorises it anew", async () => {
    const [avatar, signer] = [Avatar.create(), accountSubkey(Avatar.create(), RP_ID)];
    await syngraph.authorizeSubkey(avatar, signer, { name: "one" });
    await syngraph.revokeSubkey({ avatar: avatar.publicKey, signer }, signer);
    expect(await listed(avatar)).to.deep.equal([]);
    await syngraph.authorizeSubkey(avatar, signer, { name: "two" });
    expect(await listed(avatar)).to.deep.equal([["two", true]]);
  });

  it("refuses what the contract would, and says which", async () => {
    const avatar = Avatar.create();
    const key = Avatar.create();
    const bad: [SubkeySigner, object, string][] = [
      [accountSubkey(key, "Not a domain"), {}, "rp_id"],
      [accountSubkey(avatar, RP_ID), {}, "public_key"],
      [{ ...accountSubkey(key, RP_ID), publicKey: "0x02" }, {}, "public_key"],
      [accountSubkey(key, RP_ID), { name: 'a"b' }, "name"],
      [accountSubkey(key, RP_ID), { expiresAt: new Date("9999-01-01") }, "expires_at"],
    ];
    for (const [signer, options, field] of bad) {
      const error = await failure(syngraph.authorizeSubkey(avatar, signer, options), SyngraphError);
      if (error instanceof InputError) expect(error.field).to.equal(field);
      else expect(error.message).to.include(field);
    }
    const silent = { ...accountSubkey(key, RP_ID), prove: async () => avatar.signDigest(`0x${"00".repeat(32)}`) };
    expect((await failure(syngraph.authorizeSubkey(avatar, silent), SyngraphError)).code).to.equal("refused");
  });

  it("signs for the contract that the caller knows, and for no other", async () => {
    const [avatar, signer] = [Avatar.create(), accountSubkey(Avatar.create(), RP_ID)];
    const { typed_data } = await syngraph.client.subkeyPayload({
      ...{ avatar: avatar.publicKey, algorithm: "secp256k1", public_key: signer.publicKey, rp_id: RP_ID },
    });
    const { chainId, verifyingContract } = typed_data.domain;
    const api = test.stack.apiUrl;
    for (const known of [{ chainId: 1 }, { subkeyRegistry: Avatar.create().address }]) {
      await failure(new Syngraph({ api, ...known }).authorizeSubkey(avatar, signer), TrustError);
    }
    expect(await listed(avatar)).to.deep.equal([]);
    await new Syngraph({ api, chainId, subkeyRegistry: verifyingContract }).authorizeSubkey(avatar, signer, {
      name: "a",
    });
    expect(await listed(avatar)).to.deep.equal([["a", true]]);
  });
});

describe("SDK: subkeys at a server that lies", () => {
  const server = useStubServer();

  it("gets no signature over other typed data", async () => {
    const [avatar, key] = [Avatar.create(), Avatar.create()];
    const asked: string[] = [];
    const prove = async (digest: string) => `0x${"00".repeat(asked.push(digest))}`;
    const signer = { ...accountSubkey(key, RP_ID), prove };
    const payload = {
      ...{ sign_payload: "{}", digest: `0x${"11".repeat(32)}`, subkey_id: `0x${"22".repeat(32)}`, nonce: 0 },
      typed_data: { domain: { chainId: "10", verifyingContract: Avatar.create().address } },
    };
    const syngraph = new Syngraph({ api: server.origin });
    server.handler = (_request, response) => reply(response, 200, payload);
    await failure(syngraph.authorizeSubkey(avatar, signer), TrustError);
    await failure(syngraph.revokeSubkey(avatar, signer), TrustError);
    await failure(syngraph.revokeSubkey({ avatar: avatar.publicKey, signer }, signer), TrustError);
    for (const broken of [{ nonce: -1 }, { nonce: "0" }, { digest: "0xzz" }, { typed_data: {} }]) {
      server.handler = (_request, response) => reply(response, 200, { ...payload, ...broken });
      await failure(syngraph.authorizeSubkey(avatar, signer), SyngraphError);
    }
    const nowhere = { typed_data: { domain: { chainId: "10", verifyingContract: "nobody" } } };
    for (const broken of [nowhere, { nonce: -1 }]) {
      server.handler = (_request, response) => reply(response, 200, { ...payload, ...broken });
      await failure(syngraph.revokeSubkey(avatar, signer), TrustError);
    }
    expect(asked).to.deep.equal([]);
    expect(new Set(server.received.map(({ path }) => path))).to.deep.equal(new Set(["/v1/subkey/payload"]));
  });
});

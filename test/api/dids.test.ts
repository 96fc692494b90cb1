import { aliasProof, bindingKey, didKey, publicKeyOf, signText, wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  Contract,
  ContractFactory,
  Interface,
  type InterfaceAbi,
  SigningKey,
  Wallet,
  ZeroHash,
  concat,
  decodeBase58,
  encodeBase58,
  getAddress,
  hexlify,
  keccak256,
  randomBytes,
  toBeArray,
} from "ethers";
import { Resolver } from "did-resolver";
import { getResolver } from "key-did-resolver";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { type Answer, ask, bindWallet, newPerson } from "../helpers/api.ts";
import { signLink, signRelease } from "../helpers/contractLinks.ts";
import { newSolanaWallet } from "../helpers/solanaWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { bindGist, fileOf } from "./gists.ts";
import { lookAgain, proofOf } from "./looks.ts";
import { draftProof, submitWell } from "./proofs.ts";
import { ATTESTER, append, attested, claim, indexed, now, saidBy, somebody, strangersRegistry } from "./stranger.ts";

const RESULT = "application/did-resolution";
const SOLANA = "did:pkh:solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

/** Expects an error as DID Resolution has it, and as every client of this API can read it. */
function expectError({ status, body, headers }: Answer, expected: number, code: string, words: RegExp | string): void {
  expect(status, JSON.stringify(body)).to.equal(expected);
  expect(headers.get("content-type")).to.match(/^application\/did-/);
  const { error } = (body.didResolutionMetadata ?? body.dereferencingMetadata) as { error: Record<string, unknown> };
  expect(error).to.include({ type: `https://www.w3.org/ns/did#${code}`, status: expected });
  expect("didDocument" in body ? body.didDocument : body.content).to.equal(null);
  expect(body.message).to.equal(error.detail);
  expect(body.message).to.match(
    words instanceof RegExp ? words : new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)),
  );
}

/** A did:key of any bytes. */
const encoded = (...parts: string[]) => `did:key:z${encodeBase58(concat(parts))}`;

describe("DIDs", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** Asks for a DID or DID URL, percent-encoded. */
  const resolve = (did: string, accept?: string, query = ""): Promise<Answer> =>
    ask(test.stack, `/1.0/identifiers/${encodeURIComponent(did)}${query}`, accept ? { headers: { accept } } : {});

  const documentOf = async (did: string) => {
    const { status, body } = await resolve(did, RESULT);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body.didDocument;
  };
  const namesOf = async (did: string): Promise<string[]> => (await documentOf(did)).alsoKnownAs ?? [];

  describe("did:key", () => {
    it("has the key that another resolver finds in it, and all that it may do", async () => {
      const { key } = newPerson();
      const did = didKey(key);
      const document = await documentOf(did);
      const peer = await new Resolver(getResolver()).resolve(did);
      const theirs = peer.didDocument!.verificationMethod![0]!;
      const [ours] = document.verificationMethod;
      // It has the older form of the key's type, and the bare key in it.
      const bare = hexlify(toBeArray(decodeBase58(theirs.publicKeyBase58!)));
      expect(bare).to.equal(key.compressed);
      const found = hexlify(toBeArray(decodeBase58(ours.publicKeyMultibase.slice(1))));
      expect(found).to.equal(concat(["0xe701", bare]));
      expect(ours).to.deep.equal({
        ...{ id: `${did}#${did.slice(8)}`, type: "Multikey", controller: did, publicKeyMultibase: did.slice(8) },
      });
      expect(document["@context"]).to.deep.equal(["https://www.w3.org/ns/did/v1.1"]);
      expect(document.id).to.equal(peer.didDocument!.id);
      for (const use of ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"]) {
        expect(document[use], use).to.deep.equal([ours.id]);
      }
      // Nothing is known of it, so that it has no name and no service.
      expect(document).not.to.have.any.keys("alsoKnownAs", "service", "controller");
    });

    it("has what its avatar is bound to as names, while it is valid, and where to ask for more", async () => {
      const [person, other, wallet] = [somebody(), somebody(), somebody()];
      const account = attested(person, { platform: "github", identity: "did-alice" });
      const domain = attested(person, { platform: "dns", identity: "did-alice.example", after: account });
      const signed = claim(person, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: domain });
      const claimed = claim(person, { platform: "github", identity: "did-claimed", after: signed });
      const alias = signLink(other, { platform: "nextid", identity: person.key.compressed, createdAt: now() });
      const proof = aliasProof(person.key.compressed, signText(person.privateKey, alias.text).raw);
      const link = { ...alias, submission: { ...alias.submission, proof } };
      await append(test, [account, domain, signed, claimed, link]);
      const did = didKey(person.key);
      const { didDocument: document, didDocumentMetadata: metadata } = (await resolve(did)).body;
      expect(document.alsoKnownAs).to.have.members([
        ...["https://github.com/did-alice", "dns:did-alice.example"],
        ...[`did:pkh:eip155:1:${wallet.address}`, didKey(other.key)],
      ]);
      expect(metadata.created).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(document.service).to.have.length(1);
      const { pathname } = new URL(document.service[0].serviceEndpoint);
      expect((await ask(test.stack, pathname)).body.avatars[0]).to.deep.include({ did });

      // What attesters saw gone, what a wallet took back, and what both do anew.
      const registry = await strangersRegistry(test);
      const key = bindingKey(person.address, "github", "did-alice");
      const gone = { linkId: account.id, found: false, accountId: "" };
      await indexed(test, (await registry.suspend(key, account.id, saidBy(gone, [[ATTESTER, now() + 10]]))).hash);
      expect(await namesOf(did)).not.to.include("https://github.com/did-alice");
      await indexed(test, (await registry.release(signRelease(person, wallet, { createdAt: now() }))).hash);
      const after = await resolve(did);
      expect(after.body.didDocument.alsoKnownAs).to.have.members(["dns:did-alice.example", didKey(other.key)]);
      expect(after.body.didDocumentMetadata.versionId).not.to.equal(metadata.versionId);
      expect(await namesOf(didKey(other.key))).to.deep.equal([did]);
    });

    it("loses a name that this node saw gone, before any quorum says so", async () => {
      const { person, gist, made } = await bindGist(test, "did-withdrawn");
      const did = didKey(person.key);
      expect(await namesOf(did)).to.deep.equal(["https://github.com/did-withdrawn"]);
      const { link_id: linkId } = await proofOf(test, { person, login: "did-withdrawn" });
      const bound = { person, login: "did-withdrawn", linkId };
      test.github.publish(gist, { owner: { login: "did-withdrawn", id: 1191636 }, files: {} });
      await lookAgain(test, bound, 72);
      expect(await namesOf(did)).to.deep.equal(["https://github.com/did-withdrawn"]);
      await lookAgain(test, bound, 12);
      expect(await namesOf(did)).to.deep.equal([]);
      test.github.publish(gist, {
        owner: { login: "did-withdrawn", id: 1191636 },
        files: { [fileOf(person)]: made.content },
      });
    });

    it("gets no name from what others claim of it", async () => {
      const [victim, attacker] = [somebody(), somebody()];
      const own = attested(victim, { platform: "github", identity: "did-victim" });
      const theirs = attested(attacker, { platform: "github", identity: "did-attacker" });
      const claimed = claim(attacker, { platform: "github", identity: "did-victim", after: theirs });
      const noDomain = claim(attacker, { platform: "dns", identity: "did\u202e", after: claimed });
      await append(test, [own, theirs, claimed, noDomain]);
      expect(await namesOf(didKey(victim.key))).to.deep.equal(["https://github.com/did-victim"]);
      expect(await namesOf(didKey(attacker.key))).to.deep.equal(["https://github.com/did-attacker"]);
    });

    it("is resolved as of a time", async () => {
      const person = somebody();
      await append(test, [attested(person, { platform: "github", identity: "did-then" })]);
      const did = didKey(person.key);
      const past = await resolve(did, RESULT, "?versionTime=2024-01-01T00:00:00Z");
      expect(past.body.didDocument).not.to.have.property("alsoKnownAs");
      const asUrl = await resolve(`${did}?versionTime=2024-01-01T00:00:00Z`);
      expect(asUrl.body.content).to.deep.equal(past.body.didDocument);
      expect(await namesOf(did)).to.have.length(1);
      for (const time of ["yesterday", "2024-01-01", "2024-13-01T00:00:00Z", "2999-01-01T00:00:00Z"]) {
        expectError(await resolve(did, RESULT, `?versionTime=${time}`), 400, "INVALID_OPTIONS", "versionTime");
      }
      expectError(await resolve(did, RESULT, "?versionId=1"), 501, "FEATURE_NOT_SUPPORTED", "versionTime");
    });
  });

  describe("did:pkh", () => {
    it("of an account has the avatar that it signed for, on whatever chain, until one of them ends it", async () => {
      const [person, wallet] = [newPerson(), Wallet.createRandom()];
      expect((await bindWallet(test.stack, person, wallet)).status).to.equal(201);
      for (const chain of ["1", "8453", "31337"]) {
        const did = `did:pkh:eip155:${chain}:${wallet.address}`;
        const document = await documentOf(did);
        expect(document).to.deep.include({ id: did, alsoKnownAs: [didKey(person.key)] });
        expect(document.verificationMethod).to.deep.equal([
          {
            ...{ id: `${did}#blockchainAccountId`, type: "EcdsaSecp256k1RecoveryMethod2020", controller: did },
            blockchainAccountId: `eip155:${chain}:${wallet.address}`,
          },
        ]);
        // It speaks for itself: the avatar may not sign in its stead.
        expect(document).not.to.have.property("controller");
      }
      const lower = await resolve(`did:pkh:eip155:1:${wallet.address.toLowerCase()}`, RESULT);
      const canonical = `did:pkh:eip155:1:${wallet.address}`;
      expect(lower.body.didDocumentMetadata).to.deep.include({ canonicalId: canonical, equivalentId: [canonical] });
      const draft = await draftProof(test, person, {
        action: "delete",
        platform: "ethereum",
        identity: wallet.address,
      });
      await submitWell(test, draft, { extra: { signature: draft.signature.base64 } });
      expect(await namesOf(canonical)).to.deep.equal([]);
    });

    it("of a contract has it only on the chain on which the contract took the signature", async () => {
      const [person, owner] = [newPerson(), Wallet.createRandom()];
      const payer = await test.provider.getSigner(6); // One of anvil's own accounts.
      const built = await readArtifact("test/WalletFactory");
      const deployed = await new ContractFactory(built.abi, built.bytecode, payer).deploy();
      await deployed.waitForDeployment();
      const factory = new Contract(await deployed.getAddress(), built.abi, test.provider);
      const { abi, bytecode } = await readArtifact("test/OwnedWallet");
      const values = new Interface(abi as InterfaceAbi).encodeDeploy([owner.address, ZeroHash]);
      const initCode = concat([bytecode, values]);
      const salt = hexlify(randomBytes(32));
      const address: string = await factory.getFunction("addressOf").staticCall(salt, keccak256(initCode));
      const data = factory.interface.encodeFunctionData("deploy", [salt, initCode]);
      const draft = await draftProof(test, person, { action: "create", platform: "ethereum", identity: address });
      // Its owner's signature: 65 bytes, as an account's.
      const inner = signText(owner.privateKey, draft.answer.sign_payload).raw;
      const deployer = { address: await factory.getAddress(), data };
      const extra = { signature: draft.signature.base64, wallet_signature: wrapSignature(inner, deployer) };
      await submitWell(test, draft, { extra });
      const here = `did:pkh:eip155:31337:${getAddress(address)}`;
      expect(await namesOf(here)).to.deep.equal([didKey(person.key)]);
      // On another chain the same address may be somebody else's.
      expect(await namesOf(`did:pkh:eip155:1:${getAddress(address)}`)).to.deep.equal([]);
      expect(await namesOf(`did:pkh:eip155:1:${owner.address}`)).to.deep.equal([]);
      expect(await namesOf(didKey(person.key))).to.deep.equal([here]);
    });

    it("of a Solana wallet has the avatar that it signed for, and the other way round", async () => {
      const [person, wallet] = [newPerson(), newSolanaWallet()];
      const draft = await draftProof(test, person, { action: "create", platform: "solana", identity: wallet.address });
      const wallet_signature = encodeBase58(wallet.sign(draft.answer.sign_payload));
      await submitWell(test, draft, { extra: { signature: draft.signature.base64, wallet_signature } });
      expect(await namesOf(`${SOLANA}:${wallet.address}`)).to.deep.equal([didKey(person.key)]);
      expect(await namesOf(didKey(person.key))).to.deep.equal([`${SOLANA}:${wallet.address}`]);
    });

    it("of a Solana wallet has its key", async () => {
      const address = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM";
      const { verificationMethod } = await documentOf(`${SOLANA}:${address}`);
      const { publicKeyMultibase, blockchainAccountId } = verificationMethod[0];
      expect(blockchainAccountId).to.equal(`${SOLANA.slice("did:pkh:".length)}:${address}`);
      const peer = await new Resolver(getResolver()).resolve(`did:key:${publicKeyMultibase}`);
      const theirs = peer.didDocument!.verificationMethod![0]!;
      expect(hexlify(toBeArray(decodeBase58(theirs.publicKeyBase58!)))).to.equal(
        hexlify(toBeArray(decodeBase58(address))),
      );
    });
  });

  it("are answered in the form that is asked for", async () => {
    const did = didKey(newPerson().key);
    const forms: [accept: string, type: string, key: string, contexts: number][] = [
      ["*/*", "application/did-resolution", "didDocument", 1],
      ["application/did-resolution", "application/did-resolution", "didDocument", 1],
      ['application/ld+json;profile="https://w3id.org/did-resolution"', "application/ld+json", "didDocument", 2],
      ["application/json", "application/json", "didDocument", 1],
      ["application/did", "application/did", "id", 1],
      ["application/did+ld+json", "application/did+ld+json", "id", 2],
      ["application/did+json", "application/did+json", "id", 2],
      ["application/ld+json", "application/ld+json", "id", 2],
      ["text/html, application/did;q=0.9, */*;q=0.1", "application/did", "id", 1],
    ];
    for (const [accept, type, key, contexts] of forms) {
      const { status, headers, body } = await resolve(did, accept);
      expect(status, accept).to.equal(200);
      expect(headers.get("content-type")!.split(";")[0], accept).to.equal(type);
      expect(headers.get("vary"), accept).to.match(/\bAccept\b/);
      expect(body, accept).to.have.property(key);
      expect((body.didDocument ?? body)["@context"], accept).to.have.length(contexts);
    }
    for (const accept of ["text/html", "application/did;q=0", "application/did-url-dereferencing", "image/png"]) {
      expectError(await resolve(did, accept), 406, "REPRESENTATION_NOT_SUPPORTED", "only application/did-resolution");
    }
    const { headers } = await resolve(did, "application/did");
    // Unless told otherwise, fetch asks past all caches when it is given a tag.
    const told = { accept: "application/did", "if-none-match": headers.get("etag")!, "cache-control": "max-age=0" };
    expect((await fetch(`${test.stack.apiUrl}/1.0/identifiers/${did}`, { headers: told })).status).to.equal(304);
  });

  it("are taken percent-encoded and plain", async () => {
    const did = didKey(newPerson().key);
    const { body } = await ask(test.stack, `/1.0/identifiers/${did}`);
    expect(body).to.deep.equal((await resolve(did)).body);
  });

  it("lead to parts of their documents", async () => {
    const person = somebody();
    await append(test, [attested(person, { platform: "github", identity: "did-parts" })]);
    const did = didKey(person.key);
    const key = await resolve(`${did}#${did.slice(8)}`);
    expect(key.headers.get("content-type")).to.match(/^application\/did-url-dereferencing/);
    expect(key.body.content).to.include({ id: `${did}#${did.slice(8)}`, type: "Multikey" });
    expect((await resolve(`${did}#syngraph`, "application/did")).body.serviceEndpoint).to.include(
      person.key.compressed,
    );
    expect((await resolve(`${did}?service=syngraph`)).body.content.service).to.have.length(1);
    expect((await resolve(`${did}?service=files`)).body.content.service).to.deep.equal([]);
    expectError(await resolve(`${did}#nothing`), 404, "NOT_FOUND", "no part #nothing");
    expectError(await resolve(`${did}/whois`), 404, "NOT_FOUND", "has nothing at /whois");
    expectError(await resolve(`${did}?transformKey=JsonWebKey`), 404, "NOT_FOUND", "has nothing at ?transformKey");
    expectError(await resolve(`${did}#<x>`), 400, "INVALID_DID_URL", "is no path, query or fragment");
  });

  it("are refused with what is wrong with them", async () => {
    const { compressed } = publicKeyOf(Wallet.createRandom().privateKey);
    const good = encoded("0xe701", compressed);
    // A point of x = 5, which the curve does not have; the other sign of a point is another key, and another DID.
    const offCurve = `0x02${"05".padStart(64, "0")}`;
    const uncompressed = SigningKey.computePublicKey(compressed, false);
    const wrong: [did: string, status: number, code: string, words: string][] = [
      [encoded("0xe701", offCurve), 400, "INVALID_DID", "is no point on the curve secp256k1"],
      [encoded("0xe701", `0x02${"f".repeat(64)}`), 400, "INVALID_DID", "is no point on the curve secp256k1"],
      [encoded("0xe701", uncompressed), 400, "INVALID_DID", "has 33 bytes, this has 65"],
      [encoded("0xe701", compressed.slice(0, -2)), 400, "INVALID_DID", "has 33 bytes, this has 32"],
      [encoded("0xe701", compressed, "0x00"), 400, "INVALID_DID", "has 33 bytes, this has 34"],
      [good.replace("did:key:z", "did:key:z1"), 400, "INVALID_DID", "is no public key in Base58"],
      [good.replace("did:key:z", "did:key:f"), 400, "INVALID_DID", "is no public key in Base58"],
      [`${good}0`, 400, "INVALID_DID", "is no public key in Base58"],
      [good.replace("did:key:", "did:key:1:"), 400, "INVALID_DID", "is no public key in Base58"],
      [good.replace("did:key", "did:KEY"), 400, "INVALID_DID", "is no DID"],
      [`${good} `, 400, "INVALID_DID", "is no DID"],
      [` ${good}`, 400, "INVALID_DID", "is no DID"],
      [`${good}:`, 400, "INVALID_DID", "is no DID"],
      ["did:key:", 400, "INVALID_DID", "is no DID"],
      ["did:key:z", 400, "INVALID_DID", "is no public key in Base58"],
      ["did:key:z11111", 400, "INVALID_DID", "is no public key in Base58"],
      [`did:key:z${"Q".repeat(3000)}`, 400, "INVALID_DID", "at most 2048 are read"],
      [`did:key:z${"Q".repeat(2000)}`, 400, "INVALID_DID", "is no public key in Base58"],
      ["alice", 400, "INVALID_DID", '"alice" is no DID'],
      ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", 501, "METHOD_NOT_SUPPORTED", "of Ed25519 keys"],
      ["did:web:127.0.0.1%3A1", 501, "METHOD_NOT_SUPPORTED", "did:web is not resolved here"],
      ["did:pkh:eip155:1:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046", 400, "INVALID_DID", "EIP-55"],
      ["did:pkh:eip155:0:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", 400, "INVALID_DID", "0 is no chain of eip155"],
      ["did:pkh:eip155:1:alice", 400, "INVALID_DID", "is not an Ethereum address"],
      ["did:pkh:eip155:1", 400, "INVALID_DID", "is no account by CAIP-10"],
      ["did:pkh:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", 400, "INVALID_DID", "is no account by CAIP-10"],
      [`${SOLANA}:${"1".repeat(31)}`, 400, "INVALID_DID", "is not the address of a Solana wallet"],
      [
        ...["did:pkh:bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6", 501],
        ...["METHOD_NOT_SUPPORTED", "did:pkh of bip122 is not resolved here"],
      ] as [string, number, string, string],
    ];
    for (const [did, status, code, words] of wrong) expectError(await resolve(did), status, code, words);
    const { body } = await resolve("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    expect(body.didResolutionMetadata.error.title).to.equal("unsupportedPublicKeyType");
  });
});

import { createPublicKey } from "node:crypto";

import {
  ProtocolError,
  SUBKEY_AUTHORIZATION_TYPES,
  SUBKEY_REVOCATION_TYPES,
  type Subkey,
  assertSubkey,
  assertSubkeyAuthorization,
  contractPublicKey,
  es256Proof,
  es256PublicKey,
  parseSubkey,
  parseSubkeyPublicKey,
  recoverPublicKey,
  signSubkeyDigest,
  subkeyAuthorizationHash,
  subkeyDomain,
  subkeyId,
  subkeyRevocationHash,
  subkeyText,
  subkeyTextHash,
  toContractSubkey,
  webAuthnChallenge,
  webAuthnProof,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  AbiCoder,
  concat,
  dataLength,
  dataSlice,
  hashMessage,
  hexlify,
  id,
  keccak256,
  toBeHex,
  toUtf8Bytes,
  verifyTypedData,
} from "ethers";

import { person } from "../helpers/contractLinks.ts";
import { vectors } from "../helpers/contractVectors.ts";
import { assertWith, es256Key, signEs256 } from "../helpers/passkey.ts";

const alice = person("alice");
const phone = es256Key("phone");
const subkey: Subkey = { algorithm: "es256", publicKey: phone.publicKey, rpId: "example.com" };
const authorization = { avatar: alice.address, subkey, name: "phone", expiresAt: 1_800_000_000, nonce: 3 };
const domain = { chainId: 8453, verifyingContract: person("registry").address };
const abi = AbiCoder.defaultAbiCoder();

/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function fieldOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as ProtocolError).field;
  }
}

/** Two integers as an ECDSA-Sig-Value in DER. */
function der(r: string, s: string): string {
  const sizes = [r, s].map((integer) => dataLength(integer));
  return concat([
    Uint8Array.of(0x30, 4 + sizes[0]! + sizes[1]!, 0x02, sizes[0]!),
    r,
    Uint8Array.of(0x02, sizes[1]!),
    s,
  ]);
}

describe("subkeyText", () => {
  it("is the text of the shared vector, byte for byte, and its signature verifies", () => {
    const vector = vectors.own.find((one) => one.id === "own_subkey_es256")!;
    const [avatar, publicKey] = [String(vector.avatar), String(vector.subkey_public_key)];
    const fields = { avatar, algorithm: "es256", publicKey, rpId: "example.com" };
    expect(subkeyText(fields)).to.equal(vector.message);
    expect(subkeyTextHash(fields)).to.equal(hashMessage(String(vector.message)));
    const signature = String(vector.avatar_signature_base64);
    expect(recoverPublicKey(subkeyText(fields), signature).compressed).to.equal(avatar);
    expect(parseSubkey(fields).publicKey).to.equal(`0x${publicKey}`);
  });

  it("names the avatar compressed without 0x, and everything else as it was given, escaped as Go does", () => {
    const fields = { avatar: alice.key.uncompressed, algorithm: "rs256", publicKey: "0xAB", rpId: 'a<b>"\u2028' };
    expect(subkeyText(fields)).to.equal(
      `{"avatar":"${alice.key.compressed.slice(2)}","algorithm":"rs256","public_key":"0xAB","rp_id":"a\\u003cb\\u003e\\"\\u2028"}`,
    );
  });
});

describe("parseSubkey", () => {
  it("reads every form of a key as the same", () => {
    const { compressed, uncompressed } = alice.key;
    for (const text of [compressed, uncompressed, compressed.slice(2), uncompressed.slice(2).toUpperCase()]) {
      expect(parseSubkeyPublicKey("secp256k1", text)).to.equal(contractPublicKey(alice.key));
    }
    for (const text of [phone.publicKey, phone.publicKey.slice(2), phone.publicKey.slice(2).toUpperCase()]) {
      expect(parseSubkey({ algorithm: "es256", publicKey: text, rpId: "example.com" })).to.deep.equal(subkey);
    }
  });

  it("refuses what is no key on its curve", () => {
    const other = `0x${contractPublicKey(alice.key).slice(2)}`;
    const overflow = concat([toBeHex(BigInt(dataSlice(phone.publicKey, 0, 32)), 32), `0x${"ff".repeat(32)}`]);
    for (const [algorithm, text] of [
      ["es256", other],
      ["es256", overflow],
      ["es256", `0x${"00".repeat(64)}`],
      ["es256", `04${phone.publicKey.slice(2)}`],
      ["es256", ""],
      ["es256", `0X${phone.publicKey.slice(2)}`],
      ["secp256k1", other],
      ["secp256k1", `0x04${phone.publicKey.slice(2)}`],
      ["secp256k1", `0x02${"ff".repeat(32)}`],
      ["secp256k1", "0x"],
    ] as const) {
      expect(
        fieldOf(() => parseSubkeyPublicKey(algorithm, text)),
        `${algorithm} ${text}`,
      ).to.equal("public_key");
    }
  });

  it("refuses other algorithms, names of them as objects have them, and rp ids that are no domain names", () => {
    for (const algorithm of ["rs256", "ES256", "", "constructor", "0"]) {
      expect(fieldOf(() => parseSubkey({ algorithm, publicKey: phone.publicKey, rpId: "a" }))).to.equal("algorithm");
    }
    for (const rpId of ["", "Example.com", "a b", 'a"', "a_b", "é", "a\n", "a".repeat(254), "localhost:3000"]) {
      expect(
        fieldOf(() => parseSubkey({ ...subkey, rpId })),
        rpId,
      ).to.equal("rp_id");
    }
    expect(fieldOf(() => parseSubkey({ ...subkey, rpId: "a".repeat(253) }))).to.equal(undefined);
  });
});

describe("assertSubkeyAuthorization", () => {
  it("names the field that the contract would refuse", () => {
    expect(fieldOf(() => assertSubkeyAuthorization(authorization))).to.equal(undefined);
    expect(fieldOf(() => assertSubkeyAuthorization({ ...authorization, name: "", expiresAt: 0 }))).to.equal(undefined);
    for (const [change, field] of [
      [{ name: '"' }, "name"],
      [{ name: "\u2028" }, "name"],
      [{ name: "a".repeat(256) }, "name"],
      [{ expiresAt: 1_800_000_000_000 }, "expires_at"],
      [{ expiresAt: -1 }, "expires_at"],
      [{ expiresAt: 0.5 }, "expires_at"],
      [{ nonce: -1 }, "nonce"],
      [{ nonce: NaN }, "nonce"],
      [{ subkey: { ...subkey, rpId: "" } }, "rp_id"],
      [{ subkey: { ...subkey, publicKey: "0x" } }, "public_key"],
      [{ subkey: { ...subkey, publicKey: contractPublicKey(alice.key) } }, "public_key"],
      [{ subkey: { ...subkey, algorithm: "secp256k1" as const } }, "public_key"],
    ] as const) {
      expect(fieldOf(() => assertSubkeyAuthorization({ ...authorization, ...change }))).to.equal(field);
    }
    const own = { ...subkey, algorithm: "secp256k1" as const, publicKey: contractPublicKey(alice.key) };
    expect(fieldOf(() => assertSubkeyAuthorization({ ...authorization, subkey: own }))).to.equal("public_key");
    const others = { ...authorization, avatar: person("bob").address, subkey: own };
    expect(fieldOf(() => assertSubkeyAuthorization(others))).to.equal(undefined);
    expect(fieldOf(() => assertSubkey({ ...subkey, algorithm: "rs256" as never }))).to.equal("algorithm");
  });
});

describe("subkeyAuthorizationHash and subkeyRevocationHash", () => {
  const SUBKEY = "Subkey(string algorithm,bytes publicKey,string rpId)";
  const separator = keccak256(
    abi.encode(
      ["bytes32", "bytes32", "bytes32", "uint256", "address"],
      [
        id("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        id("Syngraph"),
        id("1"),
        domain.chainId,
        domain.verifyingContract,
      ],
    ),
  );
  const named = keccak256(
    abi.encode(
      ["bytes32", "bytes32", "bytes32", "bytes32"],
      [id(SUBKEY), id("es256"), keccak256(phone.publicKey), id("example.com")],
    ),
  );
  const digest = (type: string, types: string[], values: unknown[]) =>
    keccak256(
      concat(["0x1901", separator, keccak256(abi.encode(["bytes32", ...types], [id(type + SUBKEY), ...values]))]),
    );

  it("are the digests of EIP-712, made by hand", () => {
    expect(subkeyId(subkey)).to.equal(named);
    expect(subkeyAuthorizationHash(domain, authorization)).to.equal(
      digest(
        "SubkeyAuthorization(address avatar,Subkey subkey,string name,uint64 expiresAt,uint64 nonce)",
        ["address", "bytes32", "bytes32", "uint64", "uint64"],
        [alice.address, named, id("phone"), 1_800_000_000, 3],
      ),
    );
    expect(subkeyRevocationHash(domain, authorization)).to.equal(
      digest(
        "SubkeyRevocation(address avatar,Subkey subkey,uint64 nonce)",
        ["address", "bytes32", "uint64"],
        [alice.address, named, 3],
      ),
    );
  });

  it("commit to every field and to the domain", () => {
    const changes = [
      {},
      { avatar: person("bob").address },
      { name: "" },
      { expiresAt: 0 },
      { nonce: 4 },
      { subkey: { ...subkey, rpId: "example.org" } },
      { subkey: { ...subkey, algorithm: "secp256k1" as const } },
      { subkey: { ...subkey, publicKey: es256Key("other").publicKey } },
    ];
    const domains = [domain, { ...domain, chainId: 10 }, { ...domain, verifyingContract: alice.address }];
    const all = domains.flatMap((where) =>
      changes.map((change) => subkeyAuthorizationHash(where, { ...authorization, ...change })),
    );
    expect(new Set(all).size).to.equal(24);
  });

  it("are what wallets show and sign", () => {
    const [authorized, revoked] = [subkeyAuthorizationHash, subkeyRevocationHash].map((hash) =>
      signSubkeyDigest(alice.privateKey, hash(domain, authorization)),
    );
    const where = subkeyDomain(domain);
    expect(verifyTypedData(where, SUBKEY_AUTHORIZATION_TYPES, authorization, authorized!)).to.equal(alice.address);
    expect(verifyTypedData(where, SUBKEY_REVOCATION_TYPES, authorization, revoked!)).to.equal(alice.address);
  });
});

describe("toContractSubkey", () => {
  it("numbers the algorithms as the contract does", () => {
    expect(toContractSubkey(subkey)).to.deep.equal({ ...subkey, algorithm: 0 });
    expect(toContractSubkey({ ...subkey, algorithm: "secp256k1" }).algorithm).to.equal(1);
  });
});

describe("es256Proof", () => {
  it("keeps a low s and mirrors a high one", () => {
    const low = es256Proof(signEs256(phone, id("digest")));
    const s = BigInt(dataSlice(low, 32));
    expect(s <= ORDER / 2n).to.equal(true);
    expect(es256Proof(low)).to.equal(low);
    expect(es256Proof(concat([dataSlice(low, 0, 32), toBeHex(ORDER - s, 32)]))).to.equal(low);
  });

  it("refuses other lengths", () => {
    for (const bytes of ["0x", `0x${"11".repeat(63)}`, `0x${"11".repeat(65)}`]) {
      expect(fieldOf(() => es256Proof(bytes))).to.equal("signature");
    }
  });
});

describe("webAuthnProof", () => {
  const assertion = assertWith(phone, "example.com", id("digest"));
  it("points at type and challenge by bytes, wherever they stand", () => {
    const challenge = webAuthnChallenge(id("digest"));
    const text = `{"origin":"https://bücher.example","challenge":"${challenge}","type":"webauthn.get"}`;
    const proof = webAuthnProof({ ...assertion, clientDataJSON: hexlify(toUtf8Bytes(text)) });
    const bytes = Buffer.from(text);
    expect(BigInt(dataSlice(proof, 64, 96))).to.equal(BigInt(bytes.indexOf('"challenge"')));
    expect(BigInt(dataSlice(proof, 96, 128))).to.equal(BigInt(bytes.indexOf('"type"')));
    expect(bytes.indexOf('"type"')).to.equal(text.indexOf('"type"') + 1);
  });

  it("reads signatures with short and with padded integers, and takes the low s", () => {
    for (const [r, s, lower] of [
      ["0x01", "0x7f", 0x7fn],
      ["0x0080", "0x01", 1n],
      [`0x00${"cc".repeat(32)}`, concat(["0x00", toBeHex(ORDER - 5n, 32)]), 5n],
    ] as const) {
      const proof = webAuthnProof({ ...assertion, signature: der(r, s) });
      expect(BigInt(dataSlice(proof, 0, 32))).to.equal(BigInt(r));
      expect(BigInt(dataSlice(proof, 32, 64))).to.equal(lower);
    }
  });

  it("refuses signatures that are not in DER, and integers that no signature has", () => {
    const good = assertion.signature;
    for (const signature of [
      "0x",
      "0x30",
      `${good}00`,
      dataSlice(good, 0, dataLength(good) - 1),
      `0x31${good.slice(4)}`,
      der("0x00", "0x01"),
      der("0x01", "0x00"),
      der("0x", "0x01"),
      der("0x01", concat(["0x00", toBeHex(ORDER, 32)])),
      der("0x01", `0x${"11".repeat(33)}`),
      signEs256(phone, id("digest")),
    ]) {
      expect(
        fieldOf(() => webAuthnProof({ ...assertion, signature })),
        signature,
      ).to.equal("signature");
    }
  });

  it("refuses an assertion that is too long for the contract", () => {
    const [bare, longest, tooLong] = [0, 4096, 4097].map((length) => {
      const room = length && length - dataLength(webAuthnProof({ ...assertion, authenticatorData: "0x" }));
      return { ...assertion, authenticatorData: `0x${"00".repeat(room)}` };
    });
    expect(dataLength(webAuthnProof(bare!))).to.be.lessThan(1024);
    expect(dataLength(webAuthnProof(longest!))).to.equal(4096);
    expect(fieldOf(() => webAuthnProof(tooLong!))).to.equal("signature");
  });

  it("refuses client data without type or challenge", () => {
    for (const text of ["", "{}", '{"type":"webauthn.get"}', '{"challenge":"AA"}', '{"\\"type\\":\\"challenge"}']) {
      const clientDataJSON = hexlify(toUtf8Bytes(text));
      expect(
        fieldOf(() => webAuthnProof({ ...assertion, clientDataJSON })),
        text,
      ).to.equal("signature");
    }
  });
});

describe("webAuthnChallenge", () => {
  it("is the digest in unpadded Base64url", () => {
    for (const digest of [id("a"), id("b"), `0x${"ff".repeat(32)}`]) {
      expect(webAuthnChallenge(digest)).to.equal(Buffer.from(digest.slice(2), "hex").toString("base64url"));
    }
  });
});

describe("es256PublicKey", () => {
  it("reads what browsers export, and nothing else", () => {
    const spki = hexlify(createPublicKey(phone.privateKey).export({ type: "spki", format: "der" }));
    expect(es256PublicKey(spki)).to.equal(phone.publicKey);
    for (const bytes of ["0x", `0x30${spki.slice(2)}`, `${spki}00`, spki.slice(0, -2), phone.publicKey]) {
      expect(fieldOf(() => es256PublicKey(bytes))).to.equal("public_key");
    }
  });
});

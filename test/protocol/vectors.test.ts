import { createHash } from "node:crypto";

import {
  ProtocolError,
  base1024Alphabet,
  decodeBase1024Signature,
  encodeBase1024,
  goString,
  head,
  linkId,
  parsePublicKey,
  parseSignature,
  payloadHash,
  publicKeyOf,
  recoverPublicKey,
  signPayload,
  signText,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { AbiCoder, getBytes, hashMessage, keccak256, toUtf8Bytes } from "ethers";

import { withV } from "../helpers/contractLinks.ts";
import { linkOfVector, proofVectors, vectors } from "../helpers/contractVectors.ts";

describe("Next.ID's vectors", () => {
  it("hold as many links and signatures as were gathered", () => {
    expect([proofVectors.length, vectors.signatures.length, vectors.not_verifying.length]).to.deep.equal([8, 17, 10]);
  });

  describe("links", () => {
    for (const vector of proofVectors) {
      it(`${vector.id}: the rebuilt text is the one that was signed`, () => {
        const link = linkOfVector(vector);
        expect(signPayload(link)).to.equal(vector.message);
        expect(payloadHash(link)).to.equal(hashMessage(vector.message));
      });

      it(`${vector.id}: is named by its text and its signature`, () => {
        const link = linkOfVector(vector);
        const names = AbiCoder.defaultAbiCoder().encode(
          ["bytes32", "bytes32"],
          [hashMessage(vector.message), keccak256(withV(vector.signature_hex, vector.check.v % 27))],
        );
        expect(linkId(link, vector.signature_base64)).to.equal(keccak256(names));
      });
    }
  });

  describe("signatures", () => {
    for (const { id, message, check, ...vector } of vectors.signatures) {
      it(`${id}: recovers to the key that Next.ID published, from Base64, hex and bytes`, () => {
        const forms = [vector.signature_base64, vector.signature_hex, getBytes(vector.signature_hex)];
        for (const signature of forms) {
          const key = recoverPublicKey(message, signature);
          expect(key.compressed).to.equal(vector.public_key_compressed);
          expect(key.uncompressed).to.equal(vector.public_key_uncompressed);
        }
        expect(parsePublicKey(vector.public_key_as_published).compressed).to.equal(vector.public_key_compressed);
      });

      it(`${id}: means the same with v in {0, 1} and in {27, 28}`, () => {
        for (const v of [check.v % 27, (check.v % 27) + 27]) {
          const signature = withV(vector.signature_hex, v);
          expect(recoverPublicKey(message, signature).compressed).to.equal(vector.public_key_compressed);
          expect(head(signature)).to.equal(head(vector.signature_hex));
          expect(parseSignature(signature).raw).to.equal(signature);
        }
      });

      it(`${id}: does not verify over another text, nor with the other parity`, () => {
        expect(keyOrNone(`${message} `, vector.signature_hex)).not.to.equal(vector.public_key_compressed);
        const flipped = withV(vector.signature_hex, 1 - (check.v % 27));
        expect(keyOrNone(message, flipped)).not.to.equal(vector.public_key_compressed);
      });
    }

    it("are made again from the two private keys that were published", () => {
      const published = vectors.signatures.flatMap((vector) => {
        const key = Object.entries(vector.fields ?? {}).find(([name]) => name.startsWith("private_key"))?.[1];
        return key === undefined ? [] : [{ ...vector, privateKey: `0x${String(key)}` }];
      });
      expect(published).to.have.length(2);
      for (const { privateKey, message, signature_hex, public_key_compressed } of published) {
        expect(signText(privateKey, message).canonical).to.equal(signature_hex);
        expect(publicKeyOf(privateKey).compressed).to.equal(public_key_compressed);
      }
    });
  });

  describe("signatures that do not verify", () => {
    for (const vector of vectors.not_verifying) {
      it(`${vector.id}: is well-formed, and not by the key that it is claimed for`, () => {
        expect(Number(`0x${parseSignature(vector.signature_base64).raw.slice(-2)}`)).to.equal(vector.check.v);
        if (vector.message_tried === null) return;
        const key = recoverPublicKey(vector.message_tried, vector.signature_base64);
        expect(key.compressed).to.equal(vector.check.recovered_noble);
        if (vector.public_key_claimed !== null) {
          expect(key.compressed).not.to.equal(parsePublicKey(vector.public_key_claimed).compressed);
        }
      });
    }
  });

  describe("our own", () => {
    it("own_solana_create: the text of a two-sided platform names the avatar", () => {
      const { fields, message, persona_signature_base64 } = own("own_solana_create");
      const { persona, created_at, ...same } = fields as Record<
        "persona" | "created_at" | "platform" | "identity" | "uuid",
        string
      >;
      const link = { action: "create" as const, prev: null, ...same, avatar: persona, createdAt: Number(created_at) };
      expect(signPayload(link)).to.equal(message);
      expect(signPayload({ ...link, avatar: parsePublicKey(persona).uncompressed })).to.equal(message);
      expect(recoverPublicKey(String(message), String(persona_signature_base64)).compressed).to.equal(persona);
    });

    it("own_subkey_es256: the avatar's signature verifies", () => {
      const { message, avatar, avatar_signature_base64 } = own("own_subkey_es256");
      expect(recoverPublicKey(String(message), String(avatar_signature_base64)).compressed).to.equal(avatar);
    });

    it("own_go_escape: a string is escaped as encoding/json does", () => {
      const { input_identity, go_json } = own("own_go_escape");
      expect(goString(String(input_identity))).to.equal(go_json);
    });
  });

  describe("encodings", () => {
    const { base1024, address, public_key_parsing, hash } = vectors.encodings;

    it("base1024: the alphabet is Next.ID's", () => {
      const alphabet = base1024Alphabet();
      const digest = createHash("sha256").update(alphabet.join("")).digest("hex");
      expect(digest).to.equal(base1024.sha256_of_alphabet_concatenated_utf8);
      expect(alphabet.map((symbol) => symbol.codePointAt(0))).to.deep.equal(base1024.code_points);
      expect(new Set(alphabet).size).to.equal(1024);
    });

    it("base1024: bytes are written as Next.ID writes them", () => {
      const { text, encoded } = base1024.vectors.find((vector) => vector.text !== undefined)!;
      expect(encodeBase1024(toUtf8Bytes(text!))).to.equal(encoded);
    });

    it("base1024: a signature is read as Next.ID reads it, and written back", () => {
      const { encoded, decoded_hex } = base1024.vectors.find((vector) => vector.decoded_hex !== undefined)!;
      const bytes = decodeBase1024Signature(encoded);
      expect(Buffer.from(bytes).toString("hex")).to.equal(decoded_hex);
      expect(encodeBase1024(bytes)).to.equal(encoded);
    });

    it("base1024: what is not a whole signature is refused", () => {
      const short = base1024.vectors.filter((vector) => vector.decoded_hex === undefined);
      expect(short).to.have.length(2);
      for (const { encoded } of short) {
        expect(() => decodeBase1024Signature(encoded)).to.throw(ProtocolError, "52");
      }
    });

    it("public keys have the address and the compressed form that Next.ID says", () => {
      for (const { public_key, expected } of address) {
        expect(parsePublicKey(public_key).address.toUpperCase()).to.equal(expected.toUpperCase());
      }
      for (const { input, compressed } of public_key_parsing) {
        expect(parsePublicKey(input).compressed).to.equal(compressed);
      }
    });

    it("hashes are Keccak's", () => {
      for (const { input, keccak256: digest } of hash) {
        expect(keccak256(toUtf8Bytes(input))).to.equal(`0x${digest}`);
      }
    });
  });
});

function own(id: string): Record<string, unknown> {
  return vectors.own.find((vector) => vector.id === id)!;
}

function keyOrNone(text: string, signature: string): string | undefined {
  try {
    return recoverPublicKey(text, signature).compressed;
  } catch {
    return undefined;
  }
}

import {
  type Subkey,
  type SubkeyTextFields,
  assertSubkey,
  assertSubkeyAuthorization,
  contractPublicKey,
  parseSubkey,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyRevocationHash,
  subkeyText,
  subkeyTextHash,
  toContractSubkey,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { TypedDataEncoder, concat, getAddress, keccak256, toUtf8String } from "ethers";

import { randomIdentity } from "../helpers/contractFuzz.ts";
import { type Person, person } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { useSubkeys } from "../helpers/contractSubkeys.ts";
import { es256Key } from "../helpers/passkey.ts";

/** Random subkeys in all, and in one call. */
const SUBKEYS = 1000;
const BATCH = 100;

const seed = fuzzSeed();
const people = Array.from({ length: 16 }, (_, index) => person(`fuzz ${index}`));
const points = Array.from({ length: 16 }, (_, index) => es256Key(`fuzz ${index}`).publicKey);

/** A subkey, the text that names its key, and what a client would have sent; any of them may be spoilt. */
interface Sample {
  avatar: Person;
  subkey: Subkey;
  fields: SubkeyTextFields;
}

function randomSample(random: Random): Sample {
  const algorithm = random.pick(["es256", "secp256k1"] as const);
  const avatar = random.pick(people);
  const { key } = random.pick(people);
  const publicKey = algorithm === "es256" ? random.pick(points) : contractPublicKey(key);
  const forms = algorithm === "es256" ? [publicKey] : [key.compressed, key.uncompressed];
  let text = random.pick(forms);
  if (random.once(2)) text = text.slice(2);
  if (random.once(3)) text = text.replace(/(?<=^0x|^)[0-9a-f]+$/, (digits) => digits.toUpperCase());
  if (random.once(3)) text = [...text].map((digit) => (random.once(2) ? digit.toUpperCase() : digit)).join("");
  if (random.once(6)) {
    const at = random.between(0, text.length);
    text = text.slice(0, at) + random.pick(["", "g", "G", "0", "é", '"', "@", "`"]) + text.slice(at + 1);
  }
  let rpId = random.text(random.pick([1, 4, 20, 64, 253, 254]), () =>
    random.pick([..."abcdefghijklmnopqrstuvwxyz0123456789.-"]),
  );
  if (random.once(6)) {
    const at = random.between(0, rpId.length);
    rpId = rpId.slice(0, at) + random.pick([...'/:@[`{,A Z"\\_é\u0000\u007f\u2028']) + rpId.slice(at);
  }
  if (random.once(30)) rpId = "";
  return {
    avatar,
    subkey: { algorithm, publicKey, rpId },
    fields: { avatar: key.compressed, algorithm, publicKey: text, rpId },
  };
}

/** Whether the SDK reads the fields, and as that subkey. */
function isReadAs({ subkey, fields }: Sample): boolean {
  try {
    return subkeyId(parseSubkey(fields)) === subkeyId(subkey);
  } catch {
    return false;
  }
}

describe(`Subkeys in TypeScript and Solidity (FUZZ_SEED=${seed})`, () => {
  const world = useSubkeys();
  let random: Random;

  beforeEach(() => {
    random = new Random(seed);
  });

  it(`build the same text, hash and name of ${SUBKEYS} subkeys, and refuse the same ones`, async () => {
    let accepted = 0;
    for (let done = 0; done < SUBKEYS; done += BATCH) {
      const batch = Array.from({ length: BATCH }, () => randomSample(random));
      const readings = await world().harness.readAll(
        batch.map(({ avatar, subkey, fields }) => ({
          avatarPublicKey: contractPublicKey(avatar.key),
          subkey: toContractSubkey(subkey),
          publicKeyText: fields.publicKey,
        })),
      );
      for (const [index, sample] of batch.entries()) {
        const reading = readings[index]!;
        expect(reading.accepted, JSON.stringify(sample.fields)).to.equal(isReadAs(sample));
        if (!reading.accepted) continue;
        accepted++;
        const fields = { ...sample.fields, avatar: sample.avatar.key.uncompressed };
        expect(toUtf8String(reading.text)).to.equal(subkeyText(fields));
        expect(JSON.parse(subkeyText(fields)).rp_id).to.equal(sample.subkey.rpId);
        expect(reading.textHash).to.equal(subkeyTextHash(fields));
        expect(reading.subkeyId).to.equal(subkeyId(sample.subkey));
      }
    }
    // Otherwise the generator makes too little of one kind for this test to mean anything.
    expect(accepted).to.be.within(SUBKEYS / 5, (SUBKEYS * 4) / 5);
  });

  it("hash 200 authorisations and revocations alike", async () => {
    const { harness, domain } = world();
    const separator = TypedDataEncoder.hashDomain({ name: "Syngraph", version: "1", ...domain });
    for (let round = 0; round < 200; round++) {
      const { algorithm, publicKey } = randomSample(random).subkey;
      const rpId = random.text(random.between(1, 253), () => random.pick([..."az09.-"]));
      const subkey: Subkey = { algorithm, publicKey, rpId };
      const authorization = {
        avatar: getAddress(random.bytes(20)),
        subkey,
        name: random.once(3) ? "" : randomIdentity(random),
        expiresAt: random.once(2) ? 0 : random.between(1, 2 ** 33),
        nonce: random.between(0, 2 ** 40),
      };
      assertSubkey(subkey);
      assertSubkeyAuthorization(authorization);
      const { avatar, name, expiresAt, nonce } = authorization;
      const hashes = await harness.structHashes(avatar, toContractSubkey(subkey), name, expiresAt, nonce);
      expect([...hashes].map((hash) => keccak256(concat(["0x1901", separator, hash])))).to.deep.equal([
        subkeyAuthorizationHash(domain, authorization),
        subkeyRevocationHash(domain, authorization),
      ]);
    }
  });
});

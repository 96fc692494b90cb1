import {
  ATTESTATION_BATCH_TYPES,
  ATTESTATION_DOMAIN,
  ATTESTATION_TYPES,
  type Attestation,
  ProtocolError,
  attestationBatchHash,
  attestationHash,
  findingsDigest,
  findingHash,
  packAttestations,
  packList,
  recoverAttester,
  recoverBatchAttester,
  recoverListAttester,
  recoverWitnesses,
  signAttestation,
  signAttestationBatch,
  unpackAttestations,
  unpackList,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  AbiCoder,
  SigningKey,
  TypedDataEncoder,
  concat,
  dataLength,
  dataSlice,
  id,
  keccak256,
  toUtf8Bytes,
  verifyTypedData,
} from "ethers";

import { person } from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";

const attester = person("attester");
const statement: Attestation = { linkId: id("link"), found: true, accountId: "1191636", checkedAt: NOW };

describe("attestationHash", () => {
  it("is the digest of EIP-712, made by hand", () => {
    const abi = AbiCoder.defaultAbiCoder();
    const domain = keccak256(
      abi.encode(
        ["bytes32", "bytes32", "bytes32"],
        [id("EIP712Domain(string name,string version)"), id("Syngraph"), id("1")],
      ),
    );
    const struct = keccak256(
      abi.encode(
        ["bytes32", "bytes32", "bool", "bytes32", "uint64"],
        [
          id("Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)"),
          statement.linkId,
          statement.found,
          id(statement.accountId),
          statement.checkedAt,
        ],
      ),
    );
    expect(attestationHash(statement)).to.equal(keccak256(concat(["0x1901", domain, struct])));
    expect(TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN)).to.equal(domain);
  });

  it("commits to every field", () => {
    const others: Attestation[] = [
      { ...statement, linkId: id("other") },
      { ...statement, found: false },
      { ...statement, accountId: "" },
      { ...statement, checkedAt: NOW + 1 },
    ];
    expect(new Set([statement, ...others].map(attestationHash)).size).to.equal(5);
  });
});

describe("signAttestation", () => {
  it("signs what wallets would show, with v in {27, 28}", () => {
    const signature = signAttestation(attester.privateKey, statement);
    expect(verifyTypedData(ATTESTATION_DOMAIN, ATTESTATION_TYPES, statement, signature)).to.equal(attester.address);
    expect(Number(dataSlice(signature, 64))).to.be.within(27, 28);
  });

  it("is recovered by recoverAttester, and by nothing else that was not signed", () => {
    const signature = signAttestation(attester.privateKey, statement);
    expect(recoverAttester(statement, signature)).to.equal(attester.address);
    expect(recoverAttester({ ...statement, found: false }, signature)).not.to.equal(attester.address);
    expect(() => recoverAttester(statement, `0x${"00".repeat(65)}`)).to.throw();
  });
});

describe("packAttestations", () => {
  const { accountId } = statement;
  const signed = [NOW, 0, 2 ** 40].map((checkedAt) => ({
    checkedAt,
    signature: signAttestation(attester.privateKey, { ...statement, checkedAt }),
  }));

  it("takes the account id with its length in front, and 73 bytes each, which unpackAttestations reads", () => {
    const packed = packAttestations(accountId, signed);
    expect(dataLength(packed)).to.equal(1 + accountId.length + 3 * 73);
    expect(dataSlice(packed, 0, 8)).to.equal(concat(["0x07", toUtf8Bytes(accountId)]));
    expect(dataSlice(packed, 8, 16)).to.equal(`0x${NOW.toString(16).padStart(16, "0")}`);
    expect(unpackAttestations(packed)).to.deep.equal({ accountId, attestations: signed });
  });

  it("of none is the account id alone, which may be empty", () => {
    expect(packAttestations("", [])).to.equal("0x00");
    expect(unpackAttestations("0x00")).to.deep.equal({ accountId: "", attestations: [] });
    expect(unpackAttestations(packAttestations("a".repeat(255), [])).accountId).to.have.length(255);
  });

  it("refuses an account id that is too long, or not printable", () => {
    for (const bad of ["a".repeat(256), "a b", "é", "\0"]) {
      expect(() => packAttestations(bad, signed)).to.throw(ProtocolError, "at most 255 printable ASCII characters");
    }
  });

  it("refuses to unpack what is no account id and whole number of them", () => {
    const packed = packAttestations(accountId, signed);
    for (const bytes of [dataSlice(packed, 0, 80), `${packed}00`, "0x0000"]) {
      expect(() => unpackAttestations(bytes)).to.throw(ProtocolError, "no multiple of 73");
    }
    for (const bytes of ["0x", "0x01", "0xff00"]) {
      expect(() => unpackAttestations(bytes)).to.throw(ProtocolError, "do not begin with an account id");
    }
  });

  it("unpacks an account id that is no text, since the contracts take one", () => {
    expect(unpackAttestations("0x02c328").accountId).to.equal("\ufffd(");
    expect(unpackAttestations("0x020061").accountId).to.equal("\ufffda");
  });
});

describe("recoverWitnesses", () => {
  const stranger = person("stranger");

  it("finds who signed and when, in their order, as recoverAttester does", () => {
    const sign = ({ privateKey }: typeof attester, checkedAt: number) => ({
      checkedAt,
      signature: signAttestation(privateKey, { ...statement, checkedAt }),
    });
    const said = packAttestations(statement.accountId, [sign(stranger, NOW + 5), sign(attester, NOW)]);
    expect(recoverWitnesses(statement, said)).to.deep.equal([
      { attester: stranger.address, checkedAt: NOW + 5 },
      { attester: attester.address, checkedAt: NOW },
    ]);
    const others = recoverWitnesses({ ...statement, found: false }, said);
    expect(others.map((one) => one.attester)).not.to.include(attester.address);
  });

  it("reads an account id that is no text", () => {
    // What such an attester signs, made by hand.
    const abi = AbiCoder.defaultAbiCoder();
    const type = id("Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)");
    const struct = abi.encode(
      ["bytes32", "bytes32", "bool", "bytes32", "uint64"],
      [type, statement.linkId, true, keccak256("0xc328"), NOW],
    );
    const domain = TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN);
    const digest = keccak256(concat(["0x1901", domain, keccak256(struct)]));
    const { serialized } = new SigningKey(attester.privateKey).sign(digest);
    const said = concat(["0x02c328", packList([{ checkedAt: NOW, signature: serialized }])]);
    expect(recoverWitnesses(statement, said)).to.deep.equal([{ attester: attester.address, checkedAt: NOW }]);
  });
});

describe("a list of findings", () => {
  const findings = ["a", "b", ""].map((accountId) => ({ linkId: id(accountId), found: true, accountId }));
  const hashes = findings.map(findingHash);
  const batch = { findings, checkedAt: NOW };

  it("has the digest of EIP-712, from the findings and from their hashes", () => {
    expect(attestationBatchHash(batch)).to.equal(
      TypedDataEncoder.hash(ATTESTATION_DOMAIN, ATTESTATION_BATCH_TYPES, batch),
    );
    expect(findingsDigest(hashes, NOW)).to.equal(attestationBatchHash(batch));
    expect(findingsDigest([], NOW)).to.equal(attestationBatchHash({ findings: [], checkedAt: NOW }));
  });

  it("commits to each finding, their order and the time", () => {
    const others = [
      findingsDigest(hashes.toReversed(), NOW),
      findingsDigest(hashes.slice(1), NOW),
      findingsDigest(hashes, NOW + 1),
      findingsDigest([hashes[0]!, findingHash({ ...findings[1]!, found: false }), hashes[2]!], NOW),
    ];
    expect(new Set([findingsDigest(hashes, NOW), ...others]).size).to.equal(5);
  });

  it("is recovered from either", () => {
    const signature = signAttestationBatch(attester.privateKey, batch);
    expect(recoverBatchAttester(batch, signature)).to.equal(attester.address);
    const [signed] = unpackList(packList([{ checkedAt: NOW, signature }]));
    expect(recoverListAttester(hashes, signed!)).to.equal(attester.address);
    expect(recoverListAttester(hashes.slice(1), signed!)).not.to.equal(attester.address);
  });
});

import {
  ATTESTATION_DOMAIN,
  ATTESTATION_TYPES,
  type Attestation,
  ProtocolError,
  attestationHash,
  packAttestations,
  recoverAttester,
  signAttestation,
  unpackAttestations,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { AbiCoder, TypedDataEncoder, concat, dataLength, dataSlice, id, keccak256, verifyTypedData } from "ethers";

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
  const signed = [NOW, 0, 2 ** 40].map((checkedAt) => ({
    checkedAt,
    signature: signAttestation(attester.privateKey, { ...statement, checkedAt }),
  }));

  it("takes 73 bytes each, which unpackAttestations reads", () => {
    const packed = packAttestations(signed);
    expect(dataLength(packed)).to.equal(3 * 73);
    expect(dataSlice(packed, 0, 8)).to.equal(`0x${NOW.toString(16).padStart(16, "0")}`);
    expect(unpackAttestations(packed)).to.deep.equal(signed);
  });

  it("of none is empty", () => {
    expect(packAttestations([])).to.equal("0x");
    expect(unpackAttestations("0x")).to.deep.equal([]);
  });

  it("refuses to unpack what is no whole number of them", () => {
    const packed = packAttestations(signed);
    for (const bytes of ["0x00", dataSlice(packed, 1), dataSlice(packed, 0, 72), `${packed}00`]) {
      expect(() => unpackAttestations(bytes)).to.throw(ProtocolError, "no multiple of 73");
    }
  });
});

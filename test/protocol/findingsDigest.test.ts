import {
  ATTESTATION_BATCH_TYPES,
  ATTESTATION_DOMAIN,
  type Finding,
  attestationBatchHash,
  findingHash,
  findingsDigest,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { TypedDataEncoder, id } from "ethers";

import { NOW } from "../helpers/contractClock.ts";

describe("findingsDigest", () => {
  const findings: Finding[] = [0, 1, 2].map((index) => ({
    linkId: id(`link ${index}`),
    found: index !== 1,
    accountId: String(index),
  }));

  it("is what ethers makes of the whole list, for lists of any length", () => {
    for (let length = 0; length <= findings.length; length++) {
      const batch = { findings: findings.slice(0, length), checkedAt: NOW };
      const digest = TypedDataEncoder.hash(ATTESTATION_DOMAIN, ATTESTATION_BATCH_TYPES, batch);
      expect(findingsDigest(batch.findings.map(findingHash), NOW)).to.equal(digest);
      expect(attestationBatchHash(batch)).to.equal(digest);
    }
  });

  it("is another for another order, time or finding", () => {
    const hashes = findings.map(findingHash);
    const digests = [
      findingsDigest(hashes, NOW),
      findingsDigest(hashes, NOW + 1),
      findingsDigest(hashes.toReversed(), NOW),
      findingsDigest(hashes.slice(1), NOW),
    ];
    expect(new Set(digests).size).to.equal(digests.length);
  });
});

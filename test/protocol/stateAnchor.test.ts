import {
  ANCHOR_TYPES,
  ATTESTATION_DOMAIN,
  type Anchor,
  STATE_TOPICS,
  anchorHash,
  encodeLeaf,
  leafHash,
  signAnchor,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { AbiCoder, TypedDataEncoder, ZeroHash, concat, id, keccak256, toUtf8Bytes, verifyTypedData } from "ethers";

import { person } from "../helpers/contractLinks.ts";

const operator = person("operator a");
const anchor: Anchor = { topic: STATE_TOPICS.kv, epoch: 7n, root: id("root"), uri: "https://one.example/kv/7.json" };

describe("anchorHash", () => {
  it("is the digest of EIP-712, made by hand", () => {
    const struct = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "bytes32", "uint64", "bytes32", "bytes32"],
        [
          id("Anchor(bytes32 topic,uint64 epoch,bytes32 root,string uri)"),
          anchor.topic,
          anchor.epoch,
          anchor.root,
          id(anchor.uri),
        ],
      ),
    );
    expect(anchorHash(anchor)).to.equal(
      keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN), struct])),
    );
  });

  it("commits to every field", () => {
    const others: Anchor[] = [
      { ...anchor, topic: STATE_TOPICS.receipts },
      { ...anchor, epoch: 8n },
      { ...anchor, root: ZeroHash },
      { ...anchor, uri: "" },
    ];
    expect(new Set([anchor, ...others].map(anchorHash)).size).to.equal(5);
  });
});

describe("signAnchor", () => {
  it("signs what wallets would show", () => {
    const signature = signAnchor(operator.privateKey, anchor);
    expect(verifyTypedData(ATTESTATION_DOMAIN, ANCHOR_TYPES, anchor, signature)).to.equal(operator.address);
  });
});

describe("leafHash", () => {
  it("hashes twice, so that it never has a pre-image of the size of an inner node's", () => {
    const leaf = encodeLeaf(["bytes32", "bytes32"], [id("a"), id("b")]);
    expect(leaf).to.equal(concat([id("a"), id("b")]));
    expect(leafHash(leaf)).to.equal(keccak256(keccak256(leaf)));
    expect(leafHash(leaf)).not.to.equal(keccak256(leaf));
  });
});

describe("STATE_TOPICS", () => {
  it("are the hashes of their names", () => {
    for (const [name, topic] of Object.entries(STATE_TOPICS)) {
      expect(topic).to.equal(keccak256(toUtf8Bytes(name)));
    }
  });
});

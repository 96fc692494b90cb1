import { expect } from "chai";

import { idOfVertex, platformIdOf, vertexOf, vertexOfId } from "../../api/graph/identityOf.ts";
import { GRAPH_PLATFORMS } from "../../api/platforms/index.ts";

const ADDRESS = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const KEY = "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3";

describe("the vertex of an identity as users write it", () => {
  const same: [platform: string, typed: string, identity: string][] = [
    ["twitter", "@Alice", "alice"],
    ["x", "https://x.com/Alice?s=20", "alice"],
    ["GitHub", "github.com/Alice", "alice"],
    ["eth", ADDRESS, ADDRESS.toLowerCase()],
    ["ethereum", `https://etherscan.io/address/${ADDRESS}`, ADDRESS.toLowerCase()],
    ["nextid", KEY.slice(2).toUpperCase(), KEY],
    ["dns", "https://Bücher.example/", "xn--bcher-kva.example"],
    ["ens", "Alice.eth", "alice.eth"],
    ["basenames", "Alice.base.eth", "alice.base.eth"],
    ["basenames", "https://www.base.org/name/alice", "alice.base.eth"],
    ["farcaster", "3", "#3"],
    ["farcaster", "#3", "#3"],
    ["lens", "0x1B", "#27"],
    ["activitypub", "https://Mastodon.example/@Alice", "alice@mastodon.example"],
  ];
  for (const [platform, typed, identity] of same) {
    it(`of ${platform} ${typed} is ${identity}`, () => {
      const vertex = vertexOf(platform, typed);
      expect(vertex).to.deep.equal({ platform: platformIdOf(platform), identity });
      expect(vertexOfId(idOfVertex(vertex)), "its own id").to.deep.equal(vertex);
    });
  }

  it("keeps what says something by its case", () => {
    const wallet = "So11111111111111111111111111111111111111112";
    const { identity } = vertexOf("solana", "https://solscan.io/account/9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM");
    expect(identity).to.equal("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM");
    expect(() => vertexOf("solana", wallet.toLowerCase())).to.throw("is not the address of a Solana wallet");
  });

  it("is refused with what is wrong", () => {
    const wrong: [platform: string, typed: string, message: string][] = [
      ["myspace", "tom", 'platform "myspace" is not known; known are ethereum, solana'],
      ["__proto__", "tom", "is not known"],
      ["constructor", "tom", "is not known"],
      ["", "tom", "is not known"],
      ["twitter", "alice, who", 'identity "alice, who" is not an X handle'],
      ["ethereum", ADDRESS.replace("d8dA", "D8dA"), "with the checksum of EIP-55"],
      ["twitter", "\u212aate", "is not an X handle"],
      ["basenames", "alice.eth", "is not a name under base.eth"],
      ["basenames", "base.eth", "is not a name under base.eth"],
      ["farcaster", "#0", "is not a Farcaster account's number"],
      ["farcaster", "0x0", "is not a Farcaster account's number"],
      ["farcaster", `#${"9".repeat(5000)}`, "is not a Farcaster account's number"],
      ["nextid", `0x02${"f".repeat(64)}`, "is not an avatar's public key"],
    ];
    for (const [platform, typed, message] of wrong) {
      expect(() => vertexOf(platform, typed), `${platform} ${typed.slice(0, 50)}`)
        .to.throw(message)
        .with.property("status", 400);
    }
    for (const id of ["", ",", ",alice", "twitter"]) {
      expect(() => vertexOfId(id), id).to.throw("is not an identity as platform,identity");
    }
  });

  it("is known of every platform once", () => {
    expect(new Set(GRAPH_PLATFORMS).size).to.equal(GRAPH_PLATFORMS.length);
  });
});

import { expect } from "chai";

import { PLATFORMS, platformOf } from "../../api/platforms/index.ts";

const WALLET = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045";
const KEY = "0x03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd";

describe("an identity as a URI", () => {
  const uris: [platform: string, identity: string, accountId: string, uri: string | null][] = [
    ["github", "alice", "1", "https://github.com/alice"],
    ["twitter", "alice", "12", "https://x.com/alice"],
    ["telegram", "alice_channel", "-100", "https://t.me/alice_channel"],
    ["tiktok", "alice.b", "alice.b", "https://www.tiktok.com/@alice.b"],
    ["minds", "alice", "1", "https://www.minds.com/alice"],
    ["steam", "76561197960287930", "76561197960287930", "https://steamcommunity.com/profiles/76561197960287930"],
    ["keybase", "alice", "a1", "https://keybase.io/alice"],
    ["dotbit", "alice.bit", WALLET, "https://d.id/alice.bit"],
    ["ens", "🎭.eth", WALLET, "https://app.ens.domains/%F0%9F%8E%AD.eth"],
    ["dns", "xn--bcher-kva.example", "", "dns:xn--bcher-kva.example"],
    ["activitypub", "alice@mastodon.example", "https://mastodon.example/users/alice", "acct:alice@mastodon.example"],
    ["discord", "alice", "12345678901234567", "https://discord.com/users/12345678901234567"],
    ["discord", "alice", "", null],
    ["slack", "U0123ABCD", "U0123ABCD", null],
    ["ethereum", WALLET, "", "did:pkh:eip155:1:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"],
    [
      ...["solana", "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM", ""],
      "did:pkh:solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",
    ] as [string, string, string, string],
    ["nextid", KEY, "", "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"],
  ];
  for (const [platform, identity, accountId, uri] of uris) {
    it(`of ${platform} ${identity} is ${uri}`, () => {
      const { uriOf, normaliseIdentity } = platformOf(platform)!;
      expect(uriOf(identity, accountId)).to.equal(uri);
      // A profile's address that is pasted back names the same account, where the name stands in it.
      if (uri?.includes(encodeURIComponent(identity))) {
        if (uri.startsWith("https:")) expect(normaliseIdentity(decodeURIComponent(uri))).to.equal(identity);
      }
    });
  }

  it("is thought of on every platform", () => {
    expect(new Set(uris.map(([platform]) => platform))).to.deep.equal(new Set(PLATFORMS.map(({ id }) => id)));
  });

  it("is none of what is no identity: anybody can claim anything on chain", () => {
    const claims = [
      "",
      "Alice",
      "@alice",
      "../../x",
      "https://evil.example/",
      `${WALLET}\n`,
      "a".repeat(5000),
      "\ud800",
    ];
    for (const { id, uriOf } of PLATFORMS) {
      for (const claim of claims) {
        expect(uriOf(claim, "1"), `${id} ${claim.slice(0, 40)}`).to.equal(null);
      }
    }
  });
});

describe("a post as an address", () => {
  const posts: [platform: string, identity: string, location: string, uri: string | null][] = [
    ["github", "alice", "9d4e1a8e", "https://gist.github.com/9d4e1a8e"],
    ["twitter", "alice", "1234567890", "https://x.com/i/status/1234567890"],
    ["tiktok", "alice.b", "7123456789012345678", "https://www.tiktok.com/@alice.b/video/7123456789012345678"],
    ["minds", "alice", "1234567890123456", "https://www.minds.com/newsfeed/1234567890123456"],
    ["telegram", "alice_channel", "https://t.me/alice_channel/7", "https://t.me/alice_channel/7"],
    ["discord", "alice", "https://discord.com/channels/1/2/3", "https://discord.com/channels/1/2/3"],
    [
      ...["slack", "U0123ABCD", "https://acme.slack.com/archives/C0123ABCD/p1700000000000001"],
      "https://acme.slack.com/archives/C0123ABCD/p1700000000000001",
    ] as [string, string, string, string],
    ["activitypub", "alice@mastodon.example", "https://mastodon.example/@alice/1", "https://mastodon.example/@alice/1"],
    // Anybody's own server.
    ["activitypub", "alice@mastodon.example", "https://evil.example/@alice/1", null],
    // An id on a server whose software is not known here.
    ["activitypub", "alice@mastodon.example", "109372843234", null],
    ["dns", "alice.example", "", null],
    ["ethereum", WALLET, "", null],
  ];
  for (const [platform, identity, location, uri] of posts) {
    it(`of ${platform} ${location || "nowhere"} is ${uri}`, () => {
      const { postUriOf, normaliseLocation } = platformOf(platform)!;
      expect(postUriOf(identity, location)).to.equal(uri);
      if (uri !== null) expect(normaliseLocation(uri)).to.equal(location);
    });
  }

  it("is there wherever a post has to be told, and is none of what only looks like one", () => {
    const tested = new Set(posts.map(([platform]) => platform));
    for (const { id, location, postUriOf } of PLATFORMS) {
      if (location) expect(tested.has(id), id).to.equal(true);
      for (const claim of [
        "javascript:alert(1)",
        "https://evil.example",
        "//evil.example",
        "1/../../x",
        '1"><b>',
        "x".repeat(5000),
      ]) {
        for (const identity of ["alice", "alice@evil.example", "U0123ABCD"]) {
          const uri = postUriOf(identity, claim);
          expect(uri, id).to.equal(null);
        }
      }
    }
  });
});

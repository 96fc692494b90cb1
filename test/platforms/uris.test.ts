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

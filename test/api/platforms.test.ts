import { expect } from "chai";

import { PLATFORMS, platformOf } from "../../api/platforms/index.ts";
import { get } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

interface Told {
  id: string;
  name: string;
  status: string;
  side: string;
  identity_rule: string;
  identity_shapes: string[];
  location: { rule: string; shapes: string[] } | null;
  compose: string | null;
  profile: string | null;
}

function matches(shapes: readonly string[], text: string): boolean {
  return shapes.some((shape) => new RegExp(shape).test(text));
}

describe("GET /v1/platforms", () => {
  let test: TestStack;
  let platforms: Map<string, Told>;
  before(async () => {
    test = await sharedStack();
    const { status, body } = await get(test.stack, "/v1/platforms");
    expect(status).to.equal(200);
    platforms = new Map((body.platforms as Told[]).map((platform) => [platform.id, platform]));
  });

  it("tells of every platform, and of each as /healthz does whether bindings can be made", async () => {
    const { body } = await get(test.stack, "/healthz");
    expect([...platforms.keys()]).to.deep.equal(PLATFORMS.map(({ id }) => id));
    for (const { id, status } of platforms.values()) expect(status, id).to.equal(body.platform_status[id]);
    expect(platforms.get("discord")!.status).to.equal("needs credential");
  });

  it("says what stands at the other side", () => {
    const sides = ["ethereum", "solana", "nextid", "github", "dns"].map((id) => platforms.get(id)!.side);
    expect(sides).to.deep.equal(["wallet", "wallet", "avatar", "post", "post"]);
  });

  it("says what may be typed, as the API itself reads it", () => {
    const { identity_shapes, identity_rule, location } = platforms.get("github")!;
    expect(identity_rule).to.equal(platformOf("github")!.identity.rule);
    expect(matches(identity_shapes, "@alice")).to.equal(true);
    expect(matches(identity_shapes, "ali ce")).to.equal(false);
    expect(matches(location!.shapes, "https://gist.github.com/alice/6157aa")).to.equal(true);
    expect(matches(location!.shapes, "https://evil.example/alice/6157aa")).to.equal(false);
    // A custom URL, which Steam alone can turn into the identity.
    expect(matches(platforms.get("steam")!.identity_shapes, "BeFoRE-CS")).to.equal(true);
    expect(platforms.get("dns")!.location).to.equal(null);
  });

  it("names pages that a browser opens, or none", () => {
    expect(platforms.get("github")!.profile).to.equal("https://github.com/{identity}");
    expect(platforms.get("twitter")!.compose).to.equal("https://x.com/intent/tweet?text={post}");
    for (const id of ["ethereum", "dns", "discord"]) {
      const { profile, compose } = platforms.get(id)!;
      expect([profile, compose], id).to.deep.equal([null, null]);
    }
  });
});

import { encodeBase1024 } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { decodeBase64 } from "ethers";

import { createEngine } from "../../api/platforms/engine.ts";
import { platformOf } from "../../api/platforms/index.ts";
import { CheckError, type HttpLookup } from "../../api/platforms/types.ts";
import { startHttp } from "../standins/upstream.ts";
import nextid from "../vectors/nextid.json" with { type: "json" };
import { sign } from "./claims.ts";
import type { Fixture, PublishedProof } from "./fixtures/fixture.ts";
import { fixture, fixtureWithToken } from "./fixtures/twitter.ts";
import { type Scene, changed, expectFailure, expectSuccess, lookAt, openScene } from "./scene.ts";
import { type ProofVector, proofVector } from "./vectors.ts";

const ID = fixture.canonicalLocation;

/** Without and with a token: what holds for both ways. */
const WAYS = [fixture, fixtureWithToken];

describe("twitter", () => {
  it("asks as the embedding page and as the API's documentation do", async () => {
    const paths: string[] = [];
    for (const way of WAYS) {
      await expectSuccess(
        lookAt(
          changed(way, (answer, { url }) => {
            paths.push(url.pathname);
            return answer;
          }),
        ),
      );
    }
    expect(paths).to.deep.equal(["/tweet-result", "/oembed", `/2/tweets/${ID}`]);
  });

  describe("texts", () => {
    const written: [what: string, write: (proof: PublishedProof, scene: Scene) => string][] = [
      ["in Chinese", ({ text }) => text.replace("Verify", "验证").replace("Misc:", "其它信息:")],
      ["in an older wording", ({ text }) => text.replace(/^.*\n/, "Verifying my Twitter ID @Alice for @NextDotID.\n")],
      ["in one line", ({ text }) => ` ${text.replaceAll("\n", " ")} Powered by Next.ID`],
      ["with the signature last", (_, { owner, link }) => `Verifying for @NextDotID. Sig: ${sign(owner, link)}`],
      [
        "with zero-width characters",
        ({ text }) => text.replace("Sig: ", "Sig:\u200b \u200d").replace("=\n", "\ufeff=\u2060\n"),
      ],
      ["with a line break in the signature", ({ text }) => text.replace(/(Sig: .{40})/, "$1\n")],
      ["with markup characters beside it", ({ text }) => `${text}\n<b>&amp; & "so on"`],
      ["with an emoji as scraped", ({ text }) => text.replace("🎭", "\ufffc")],
      [
        "with emoji in their coloured style",
        (_, { owner, link }) => {
          const emoji = encodeBase1024(decodeBase64(sign(owner, link)));
          return `Sig: ${[...emoji].join("\ufe0f")}\ufe0f\nMisc: ${link.uuid}|${link.createdAt}|`;
        },
      ],
      ["after something else that calls itself so", ({ text }) => `Sig: none yet\n${text}`],
    ];
    for (const way of WAYS) {
      for (const [what, write] of written) {
        it(`reads a proof ${what}, ${way.variant ?? "without a token"}`, async () => {
          await expectSuccess(
            lookAt(way, (scene) => {
              const proof = scene.proof(scene.owner, scene.link);
              return { proofs: [{ ...proof, text: write(proof, scene) }] };
            }),
          );
        });
      }
    }
  });

  it("refuses a version of a tweet that was edited since", async () => {
    const stale = changed(fixture, (answer) => patch(answer, { isEdited: true, isStaleEdit: true }));
    await expectFailure(lookAt(stale), "medium", /edited since: give the address of its newest version/);
    const staleInApi = changed(fixtureWithToken, ({ body, ...rest }) => {
      const { data, ...others } = body as { data: object };
      return { ...rest, body: { ...others, data: { ...data, edit_history_tweet_ids: [ID, "1504363098328929999"] } } };
    });
    await expectFailure(lookAt(staleInApi), "medium", /edited since/);
  });

  it("records that the tweet is the newest of several versions", async () => {
    const edited = changed(fixture, (answer) => patch(answer, { isEdited: true }));
    expect((await expectSuccess(lookAt(edited))).record.facts).to.deep.equal({ edited: true });
    expect((await expectSuccess(lookAt(fixtureWithToken))).record.facts).to.deep.equal({ edited: false });
  });

  it("says that a long tweet's rest is not to be had without a login", async () => {
    const long = changed(fixture, (answer) =>
      "text" in (answer.body as object)
        ? patch(answer, { text: "It all began", note_tweet: { id: "VHdlZXQ=" } })
        : answer,
    );
    await expectFailure(
      lookAt(long),
      "medium",
      /no signature .* in its beginning, which is all that X shows without a login/,
    );
  });

  it("reads the whole of a long tweet with a token", async () => {
    await expectSuccess(
      lookAt(fixtureWithToken, (scene) => {
        const proof = scene.proof(scene.owner, scene.link);
        return { proofs: [{ ...proof, text: `${"It all began. ".repeat(40)}\n${proof.text}` }] };
      }),
    );
  });

  describe("the second witness", () => {
    const disagreeing: [what: string, oembed: object][] = [
      ["names another author", { author_url: "https://twitter.com/mallory" }],
      ["names a host that is not X's", { author_url: "https://evil.example/Alice" }],
      ["is about another tweet", { url: "https://twitter.com/Alice/status/1" }],
      ["names no author", { author_url: undefined }],
    ];
    for (const [what, oembed] of disagreeing) {
      it(`leaves it open whose the tweet is where it ${what}`, async () => {
        const lying = changed(fixture, (answer, { url }) =>
          url.pathname === "/oembed" ? patch(answer, oembed) : answer,
        );
        await expectFailure(lookAt(lying), "soft", /X contradicts itself on whose the tweet is/);
      });
    }

    it("leaves it open where it refuses us, and where something between does", async () => {
      for (const body of [{ error: "Sorry, you are not authorized to see this status." }, "<h1>Blocked</h1>"]) {
        const refusing = changed(fixture, (answer, { url }) =>
          url.pathname === "/oembed" ? { status: 403, body } : answer,
        );
        await expectFailure(lookAt(refusing), "soft", /X contradicts itself|not JSON/);
      }
    });

    it("is believed where it is about the other address of X", async () => {
      const x = { author_url: "https://x.com/alice", url: `https://x.com/alice/status/${ID}` };
      await expectSuccess(
        lookAt(changed(fixture, (answer, { url }) => (url.pathname === "/oembed" ? patch(answer, x) : answer))),
      );
    });
  });

  it("reads nothing of another tweet than was asked for", async () => {
    await expectFailure(
      lookAt(changed(fixture, (answer) => patch(answer, { id_str: "20" }))),
      "soft",
      /about the tweet 20/,
    );
  });

  it("reads nothing of the API's answer about another tweet, or whose author is not among its users", () => {
    const lookup = platformOf("twitter")!.lookup as HttpLookup;
    const data = { id: ID, text: "Sig: …", author_id: "7", edit_history_tweet_ids: [ID] };
    const includes = { users: [{ id: "7", username: "alice" }] };
    const read = (answer: object) => lookup.ways[0]!.extract([answer], undefined!, ID);
    expect(read({ data, includes })).to.include({ handle: "alice", accountId: "7" });
    for (const answer of [
      { data: { ...data, id: "20" }, includes },
      { data: { ...data, author_id: "666" }, includes },
      { data, includes: { users: [] } },
      { data },
      { errors: [{ type: "https://api.twitter.com/2/problems/usage-capped" }] },
    ]) {
      expect(() => read(answer), JSON.stringify(answer))
        .to.throw(CheckError)
        .with.property("severity", "soft");
    }
  });

  it("looks without the token where the API does not answer", async () => {
    const both: Fixture = {
      ...fixture,
      answer: (request, published) =>
        request.url.pathname.startsWith("/2/")
          ? { status: 402, body: { title: "CreditsDepleted", type: "https://api.twitter.com/2/problems/credits" } }
          : fixture.answer!(request, published),
    };
    const scene = await openScene(both);
    try {
      scene.upstream.publish(scene.post());
      const { record } = await scene.engineWith({ token: "app-only-token" }).check(scene.claim);
      expect(record.answers.map(({ source }) => new URL(source).pathname)).to.deep.equal(["/tweet-result", "/oembed"]);
      expect(scene.upstream.asked).to.equal(3);
    } finally {
      await scene.upstream.close();
    }
  });

  describe("Next.ID's real proofs", () => {
    const { input } = nextid.parsers.find(({ kind }) => kind === "twitter_proof_post")!.cases[0] as { input: string };
    const sentence = "Verifying my Twitter ID @yeiwb for @NextDotID.";

    it("confirms the tweet of the reference's own test, and that of restore_pubkey", async () => {
      const first = proofVector("twitter_yeiwb_2022");
      await confirmReal(first, "1504363098328924163", `${sentence}\nSig: ${first.signature}\n\nPowered by Next.ID`);
      await confirmReal(proofVector("restore_pubkey_yeiwb"), "1703423423423423423", input);
    });

    it("confirms the later links of real chains", async () => {
      for (const id of ["chain_binaryhb_A", "chain_binaryhb_B", "johndic_1704278694", "johndic_playground2"]) {
        const { link, signature, ...rest } = proofVector(id);
        const text = `🎭 Verify @x with @NextDotID.\nSig: ${signature}\nMisc: ${link.uuid}|${link.createdAt}|${link.prev ?? ""}`;
        await confirmReal({ link, signature, ...rest }, "1537718346549821440", text);
      }
    });
  });
});

/** An answer with these members instead of its own. */
function patch<T extends { body: object | string }>(answer: T, members: object): T {
  return { ...answer, body: { ...(answer.body as object), ...members } };
}

/** X's answers to it, as far as they matter. */
async function confirmReal({ link, avatar, signature }: ProofVector, id: string, text: string): Promise<void> {
  const name = link.identity === "yeiwb" ? "yeiwb" : link.identity.toUpperCase();
  const server = await startHttp(({ url }) =>
    url.pathname === "/oembed"
      ? { body: { url: `https://twitter.com/${name}/status/${id}`, author_url: `https://twitter.com/${name}` } }
      : {
          body: {
            __typename: "Tweet",
            id_str: id,
            text,
            user: { id_str: "1468853291941773312", screen_name: name },
          },
        },
  );
  try {
    const engine = createEngine({ upstreams: { twitter: server.origin } });
    const evidence = await engine.check({ link, avatar, location: id });
    expect(evidence.signature.base64).to.equal(signature);
    expect(evidence.accountId).to.equal("1468853291941773312");
  } finally {
    await server.close();
  }
}

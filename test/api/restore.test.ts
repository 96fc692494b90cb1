import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { platformOf } from "../../api/platforms/index.ts";
import { type PayloadAnswer, get, newPerson, payload, post } from "../helpers/api.ts";
import { contractOf } from "../helpers/openApi.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { proofVector } from "../platforms/vectors.ts";
import { expectError, filled } from "./proofs.ts";

/** Somebody on each platform. */
const SOMEBODY: Record<string, string> = {
  twitter: "alice",
  github: "alice",
  discord: "alice",
  telegram: "alice_channel",
  keybase: "alice",
  dotbit: "alice.bit",
  minds: "alice",
  dns: "alice.example",
  ens: "alice.eth",
  steam: "76561197960287930",
  activitypub: "alice@social.example",
  tiktok: "alice",
  slack: "U012AB3CD",
};

/** Platforms whose text names the avatar. */
const TWO_SIDED = ["ethereum", "solana", "nextid"];

/** What was really published for Next.ID, as fields. */
function published(id: string) {
  const { link, signature, avatar } = proofVector(id);
  const { action, platform, identity, uuid, createdAt, prev } = link;
  const fields = { action, platform, identity, uuid, created_at: String(createdAt), signature, previous: prev };
  return { fields, key: avatar.compressed };
}

describe("POST /v1/proof/restore_pubkey", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const restore = (body: unknown) => post(test.stack, "/v1/proof/restore_pubkey", body);

  it("finds the key of a real gist and a real record by their fields", async () => {
    for (const id of ["github_gist_nykma", "dns_testcase_nextnext"]) {
      const { fields, key } = published(id);
      for (const previous of [null, "", "null"]) {
        expect((await restore({ ...fields, previous })).body).to.deep.equal({ public_key: key });
      }
      expect((await restore({ ...fields, uuid: fields.uuid.toUpperCase() })).body.public_key).to.equal(key);
      expect((await restore({ ...fields, identity: fields.identity.toUpperCase() })).body.public_key).to.equal(key);
    }
  });

  it("finds the key of Next.ID's own example, a tweet with U+FFFC in place of its emoji", async () => {
    const { fields, key } = published("restore_pubkey_yeiwb");
    const { action, platform, identity, signature, uuid, created_at, previous } = fields;
    const misc = `${uuid}|${created_at}|${previous}`;
    const proof_post = `\ufffc Verify @${identity} with @NextDotID .\nSig: ${signature}\nMisc: ${misc}`;
    expect((await restore({ action, platform, identity, proof_post })).body).to.deep.equal({ public_key: key });
    expect((await restore(fields)).body).to.deep.equal({ public_key: key });
  });

  it("does what its own example says", async () => {
    const { document } = await contractOf(test.stack);
    const { example } = document.paths["/v1/proof/restore_pubkey"]!.post!.requestBody!.content["application/json"]!;
    expect((await restore(example)).body.public_key).to.equal(published("dns_testcase_nextnext").key);
  });

  it("reads the post of every platform that has one", async () => {
    const { platforms } = (await get(test.stack, "/healthz")).body as { platforms: string[] };
    const withPosts = platforms.filter((platform) => !TWO_SIDED.includes(platform));
    expect(withPosts).to.include.members(["github", "dns"]);
    for (const platform of withPosts) {
      const person = newPerson();
      const fields = { action: "create", platform, identity: SOMEBODY[platform]! } as const;
      const answer: PayloadAnswer = await payload(test.stack, person, fields);
      const proof_post = filled(answer, signText(person.privateKey, answer.sign_payload)).replace(
        "%COMPRESSED_PERSONA_PUBKEY_HEX%",
        person.key.compressed,
      );
      const told = { uuid: answer.uuid, created_at: answer.created_at };
      const found = await restore({ ...fields, proof_post, ...told });
      expect(found.body, platform).to.deep.equal({ public_key: person.key.compressed });
      // A post that tells them itself needs nobody else to; one that does not is refused, and says what is missing.
      const alone = await restore({ ...fields, proof_post });
      if (proof_post.includes(answer.uuid)) expect(alone.body, platform).to.deep.equal(found.body);
      else expectError(alone, 400, /^param missing: uuid, created_at \(the post does not say it\)$/);
    }
  });

  it("believes the post, not the request, where both speak", async () => {
    const { fields, key } = published("dns_testcase_nextnext");
    const record = `ps:true;v:1;sig:${fields.signature};ca:${fields.created_at};uuid:${fields.uuid};prev:null`;
    const lies = {
      uuid: "00000000-0000-4000-8000-000000000000",
      created_at: "1763740800",
      signature: published("github_gist_nykma").fields.signature,
      previous: fields.signature,
    };
    expect((await restore({ ...fields, ...lies, proof_post: record })).body.public_key).to.equal(key);
  });

  it("reads a post of many proofs as far as that is no work, and one of endless marks in no time", async () => {
    const { fields } = published("restore_pubkey_yeiwb");
    const { action, platform, identity, uuid, created_at, signature } = fields;
    const proof = `Sig: ${signature}\nMisc: ${uuid}|${created_at}|\n`;
    const posted = (proof_post: string) => restore({ action, platform, identity, proof_post });
    expect((await posted(proof.repeat(16))).status).to.equal(200);
    expectError(await posted(proof.repeat(17)), 400, /^proof_post carries 17 proofs, at most 16 are read$/);

    for (const id of ["twitter", "tiktok"]) {
      // Searched to its end from each mark anew, this would take an hour.
      const [read] = [platformOf(id)!.readProof!(`Sig: ${signature}\n${"Misc:".repeat(400_000)}`) ?? []].flat();
      expect(read!.uuid).to.equal(undefined);
    }
  });

  it("finds another key for another text: the answer alone proves nothing", async () => {
    const { fields, key } = published("github_gist_nykma");
    const { status, body } = await restore({ ...fields, identity: "mallory" });
    expect(status).to.equal(200);
    expect(body.public_key)
      .to.match(/^0x0[23]/)
      .and.not.equal(key);
    // A gist names its key, so there the difference is seen.
    const file = { signature: fields.signature, persona: key, uuid: fields.uuid, created_at: fields.created_at };
    const claimed = { action: "create", platform: "github", identity: "mallory", proof_post: JSON.stringify(file) };
    expectError(await restore(claimed), 400, /^restoring pubkey from sig: proof_post names 0x03947957.*is by 0x0/);
    expect((await restore({ ...claimed, identity: "nykma" })).body.public_key).to.equal(key);
  });

  it("says what is wrong, as Next.ID does", async () => {
    const { fields } = published("github_gist_nykma");
    const short = Buffer.from(fields.signature, "base64").subarray(1).toString("base64");
    const highV = Buffer.concat([Buffer.from(fields.signature, "base64").subarray(0, 64), Buffer.from([9])]);
    for (const [change, words] of [
      [{ action: "" }, /^param missing: action$/],
      [{ identity: "", platform: null }, /^param missing: platform, identity$/],
      [{ signature: "" }, /^param missing: signature \(without proof_post it is needed\)$/],
      [{ uuid: "", created_at: "" }, /^param missing: uuid, created_at /],
      [{ action: "add" }, /^unknown action: add$/],
      [{ platform: "myspace" }, /^unknown platform: myspace$/],
      [{ uuid: "x" }, /^UUID parse error: .*x not recognized/],
      [{ created_at: "abc123" }, /^created_at parse error: abc123 not recognized/],
      [{ created_at: "1" }, /^created_at: must be Unix seconds/],
      [{ signature: "%" }, /^signature parse error: not standard Base64$/],
      [{ signature: short }, /^signature length error: expect 65, got 64$/],
      [{ previous: "%" }, /^previous signature parse error: not standard Base64$/],
      [{ previous: short }, /^previous signature length error: expect 65, got 64$/],
      [
        { signature: highV.toString("base64") },
        /^restoring pubkey from sig: .*Signature Recovery ID not supported: 9$/,
      ],
      [{ signature: Buffer.alloc(65).toString("base64") }, /^restoring pubkey from sig: .*recovers to no public key$/],
      [{ identity: "not a login" }, /^identity: .*is not a GitHub login/],
      [{ proof_post: "hello" }, /^proof_post is not a JSON object$/],
      [{ proof_post: "hello", platform: "dns", identity: "a.example" }, /^proof_post holds no proof .* on DNS$/],
    ] as const) {
      expectError(await restore({ ...fields, ...change }), 400, words);
    }
    expectError(await restore("{"), 400, /^Param type error: the body is not JSON$/);
    expectError(await restore({ ...fields, uuid: 1 }), 400, /^Param type error: uuid: /);
  });

  it("refuses in words where the text names the key, which crashes Next.ID's server", async () => {
    const { fields } = published("github_gist_nykma");
    const { platforms } = (await get(test.stack, "/healthz")).body as { platforms: string[] };
    for (const platform of TWO_SIDED.filter((name) => platforms.includes(name))) {
      const words = `what is signed on ${platform} names the avatar's key`;
      expectError(await restore({ ...fields, platform }), 400, words);
    }
  });
});

import { randomUUID } from "node:crypto";

import { type Link, encodeBase1024 } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { decodeBase64 } from "ethers";

import type { Engine } from "../../api/platforms/engine.ts";
import type { Claim, Severity } from "../../api/platforms/types.ts";
import {
  type Signer,
  claimOf,
  expectRefusal,
  newLink,
  newSigner,
  publishedText,
  sign,
  signOtherwise,
} from "./claims.ts";

/** One proof as somebody publishes it: the platform's own template, filled in. */
export interface PublishedProof {
  signer: Signer;
  text: string;
}

/** A platform's stand-in, prepared so that every platform can be put through the same cases. */
export interface Scene {
  engine: Engine;
  platform: string;
  /** In its normal form. */
  identity: string;
  accountId: string;
  /** As a user would paste it. */
  location: string;
  /** As it is stored. */
  canonicalLocation: string;
  /** Replaces everything that the identity has published. */
  publish(proofs: PublishedProof[]): void;
  /** Nothing is there any more. */
  remove(): void;
  /** The upstream fails, by its own name for it. */
  trouble(trouble: string): void;
}

export interface SceneFacts {
  /** Whether the platform carries emoji signatures. */
  base1024: boolean;
  /** Each trouble of the stand-in, with what the engine must make of it. */
  troubles: Readonly<Record<string, { severity: Severity; message: RegExp }>>;
}

/** The cases that every platform with posts must pass: a genuine proof, and every attack derived from it. */
export function behavesLikeAPlatformWithPosts(facts: SceneFacts, scene: () => Scene): void {
  let victim: Signer;
  let attacker: Signer;
  let link: Link;
  let claim: Claim;

  beforeEach(() => {
    victim = newSigner();
    attacker = newSigner();
    link = newLink(victim, scene().platform, scene().identity);
    claim = claimOf(victim, link, scene().location);
  });

  it("confirms a genuine proof with the account's stable id", async () => {
    scene().publish([proof(victim, link)]);
    const before = Math.floor(Date.now() / 1000);
    const evidence = await scene().engine.check(claim);
    expect(evidence.signature.base64).to.equal(sign(victim, link));
    expect(evidence.accountId).to.equal(scene().accountId);
    expect(evidence.location).to.equal(scene().canonicalLocation);
    expect(evidence.checkedAt).to.be.within(before, Math.floor(Date.now() / 1000));
  });

  it("confirms a later link of a chain, whose text quotes the previous signature", async () => {
    const later = { ...link, prev: sign(victim, newLink(victim, "github", "someone")) };
    scene().publish([proof(victim, later)]);
    await scene().engine.check(claimOf(victim, later, scene().location));
  });

  it("confirms a proof beside a stranger's", async () => {
    scene().publish([proof(attacker, newLink(attacker, link.platform, link.identity)), proof(victim, link)]);
    expect((await scene().engine.check(claim)).signature.base64).to.equal(sign(victim, link));
  });

  if (facts.base1024) {
    it("confirms a signature written as emoji", async () => {
      const emoji = encodeBase1024(decodeBase64(sign(victim, link)));
      scene().publish([proof(victim, link, emoji)]);
      expect((await scene().engine.check(claim)).signature.base64).to.equal(sign(victim, link));
    });
  }

  it("refuses another key's signature over the victim's link", async () => {
    scene().publish([proof(victim, link, sign(attacker, link))]);
    const message = new RegExp(`${attacker.publicKey.compressed} instead of ${victim.publicKey.compressed}`);
    await expectRefusal(scene().engine.check(claim), "final", message);
  });

  it("refuses the proof of an older link", async () => {
    const older = newLink(victim, link.platform, link.identity, { createdAt: link.createdAt - 86_400 });
    scene().publish([proof(victim, older)]);
    const error = await scene()
      .engine.check(claim)
      .catch((reason: unknown) => reason);
    expect(error).to.have.property("severity").that.is.oneOf(["medium", "final"]);
    expect(error).to.have.property("message").that.includes(older.uuid).and.includes(link.uuid);
  });

  it("refuses an older link's signature under this link's uuid and time", async () => {
    const older = newLink(victim, link.platform, link.identity, { createdAt: link.createdAt - 86_400 });
    scene().publish([proof(victim, link, sign(victim, older))]);
    await expectRefusal(scene().engine.check(claim), "final", /another key or over another text/);
  });

  it("refuses the victim's signature for another identity", async () => {
    const elsewhere = { ...link, identity: `x${link.identity}` };
    scene().publish([proof(victim, link, sign(victim, elsewhere))]);
    await expectRefusal(scene().engine.check(claim), "final", /another key or over another text/);
  });

  it("refuses a signature for a delete as one for a create, and says so", async () => {
    scene().publish([proof(victim, link, sign(victim, { ...link, action: "delete" }))]);
    await expectRefusal(scene().engine.check(claim), "final", /its action is delete instead of create/);
  });

  it("says that milliseconds were signed", async () => {
    scene().publish([proof(victim, link, sign(victim, { ...link, createdAt: link.createdAt * 1000 }))]);
    await expectRefusal(scene().engine.check(claim), "final", /its created_at is 1760000000000 instead of 1760000000/);
  });

  it("says that the previous signature was left out of the text", async () => {
    const later = { ...link, prev: sign(victim, newLink(victim, "github", "someone")) };
    scene().publish([proof(victim, later, sign(victim, link))]);
    const look = scene().engine.check(claimOf(victim, later, scene().location));
    await expectRefusal(look, "final", /its prev is null instead of [A-Za-z0-9+/]{87}=/);
  });

  it("refuses a created_at that differs from the signed one, although the signature verifies", async () => {
    // Its last mention: a gist's file quotes the payload before.
    const text = proof(victim, link).text.replace(/1760000000(?!.*1760000000)/s, "1760000001");
    scene().publish([{ signer: victim, text }]);
    await expectRefusal(scene().engine.check(claim), "final", /its created_at is 1760000001 instead of 1760000000/);
  });

  it("refuses a post from which the signature was edited away", async () => {
    scene().publish([proof(victim, link, "")]);
    await expectRefusal(scene().engine.check(claim), "medium", /no signature/);
  });

  it("says that the placeholder was left in", async () => {
    scene().publish([proof(victim, link, "%SIG_BASE64%")]);
    await expectRefusal(scene().engine.check(claim), "medium", /%SIG_BASE64%/);
  });

  it("refuses the second form of a signature (high s)", async () => {
    scene().publish([proof(victim, link, signOtherwise(victim, link, { highS: true }))]);
    const error = await scene()
      .engine.check(claim)
      .catch((reason: unknown) => reason);
    expect(error).to.have.property("message").that.includes("upper half");
  });

  it("refuses a hex signature, which no post has ever carried", async () => {
    const hex = `0x${Buffer.from(decodeBase64(sign(victim, link))).toString("hex")}`;
    scene().publish([proof(victim, link, hex)]);
    await expectRefusal(scene().engine.check(claim), "medium", /no signature/);
  });

  it("refuses a claim for an identity that is not in its normal form", async () => {
    const shouted = { ...link, identity: link.identity.toUpperCase() };
    scene().publish([proof(victim, shouted)]);
    await expectRefusal(
      scene().engine.check(claimOf(victim, shouted, scene().location)),
      "final",
      /not in its normal form/,
    );
  });

  it("finds nothing once the proof is gone", async () => {
    scene().remove();
    await expectRefusal(scene().engine.check(claim), "medium", /nothing public|no TXT record/);
  });

  it("finds nothing where something else is published", async () => {
    scene().publish([{ signer: victim, text: `hello ${randomUUID()}` }]);
    await expectRefusal(scene().engine.check(claim), "medium", /./);
  });

  for (const [trouble, { severity, message }] of Object.entries(facts.troubles)) {
    it(`takes an upstream that ${trouble} as ${severity}`, async () => {
      scene().publish([proof(victim, link)]);
      scene().trouble(trouble);
      await expectRefusal(scene().engine.check(claim), severity, message);
    });
  }
}

/** A signer's proof of a link, with this signature in it. */
function proof(signer: Signer, link: Link, signature?: string): PublishedProof {
  return { signer, text: publishedText(signer, link, signature) };
}

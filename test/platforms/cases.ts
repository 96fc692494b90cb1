import { randomUUID } from "node:crypto";

import { type Link, encodeBase1024 } from "@syngraph/sdk/protocol";
import { decodeBase64 } from "ethers";

import type { Claim } from "../../api/platforms/types.ts";
import { claimOf, newLink, sign, signOtherwise } from "./claims.ts";
import type { CaseId, Outcome, Publication } from "./fixtures/fixture.ts";
import type { Scene } from "./scene.ts";

/** What is published, and what is claimed of it where that is not the scene's own claim. */
export interface Staging {
  published: Publication | null;
  claim?: Claim;
}

/** Something that can stand at the other side, with what the engine must make of it. */
export interface Case {
  id: CaseId | string;
  /** One staging, or several with the same outcome. */
  stage(scene: Scene): Staging | Staging[];
  expected: "confirmed" | Outcome;
}

const GONE: Outcome = { severity: "medium" };
const NOT_THEIRS: Outcome = { severity: "final", message: /belongs to/ };
const NOT_SIGNED: Outcome = { severity: "final", message: /another key or over another text/ };

/** Every case: what an honest user publishes, and each attack that can be derived from it. */
export const CASES: readonly Case[] = [
  { id: "genuine", stage: (scene) => ({ published: scene.post() }), expected: "confirmed" },
  {
    id: "genuine, of the account that was seen before",
    stage: (scene) => ({
      published: scene.post(),
      claim: { ...scene.claim, accountId: scene.fixture.accountId },
    }),
    expected: "confirmed",
  },
  {
    id: "later link",
    stage: (scene) => {
      const later = laterLink(scene);
      return { published: scene.post({ proofs: [scene.proof(scene.owner, later)] }), claim: claimed(scene, later) };
    },
    expected: "confirmed",
  },
  {
    id: "beside a stranger's",
    stage: (scene) => {
      const { attacker, owner, link } = scene;
      const theirs = scene.proof(attacker, newLink(attacker, link.platform, link.identity));
      const ours = scene.proof(owner, link);
      return [
        [theirs, ours],
        [ours, theirs],
      ].map((proofs) => ({ published: scene.post({ proofs }) }));
    },
    expected: "confirmed",
  },
  {
    id: "another case",
    stage: (scene) => ({ published: scene.post({ handle: swapCase(scene.fixture.handle) }) }),
    expected: "confirmed",
  },
  {
    id: "a nonce of one's own",
    stage: (scene) => withSignature(scene, signOtherwise(scene.owner, scene.link)),
    expected: "confirmed",
  },
  {
    id: "emoji",
    stage: (scene) => withSignature(scene, encodeBase1024(decodeBase64(sign(scene.owner, scene.link)))),
    expected: "confirmed",
  },

  // Whose post it is.
  {
    id: "other author",
    stage: (scene) => [
      { published: scene.post(scene.stranger) },
      { published: scene.post(scene.stranger), claim: { ...scene.claim, accountId: scene.fixture.accountId } },
    ],
    expected: NOT_THEIRS,
  },
  {
    id: "look-alike",
    stage: (scene) =>
      scene.fixture.lookAlikes.map((handle) => ({ published: scene.post({ ...scene.stranger, handle }) })),
    expected: NOT_THEIRS,
  },
  {
    id: "renamed",
    stage: (scene) => [
      { published: scene.post({ handle: scene.stranger.handle }) },
      {
        published: scene.post({ handle: scene.stranger.handle }),
        claim: { ...scene.claim, accountId: scene.fixture.accountId },
      },
    ],
    expected: NOT_THEIRS,
  },
  {
    id: "reused",
    stage: (scene) => ({
      published: scene.post({ accountId: scene.stranger.accountId }),
      claim: { ...scene.claim, accountId: scene.fixture.accountId },
    }),
    expected: { severity: "final", message: /is another account now/ },
  },
  {
    id: "quoted",
    stage: (scene) =>
      (scene.fixture.quotes ?? ["quote"]).map((as) => ({
        published: scene.post({
          proofs: [{ avatar: scene.owner.publicKey.compressed, text: `hello ${randomUUID()}` }],
          quoted: { ...scene.proof(scene.owner, scene.link), as },
        }),
      })),
    expected: GONE,
  },

  // What was signed, and by whom.
  {
    id: "wrong key",
    stage: (scene) => withSignature(scene, sign(scene.attacker, scene.link)),
    expected: { severity: "final", message: /was made by 0x\w{66} instead of 0x\w{66}/ },
  },
  {
    id: "older proof",
    stage: (scene) => {
      const older = scene.proof(scene.owner, olderLink(scene));
      // A link of the same second differs by its uuid alone.
      const twin = scene.proof(scene.owner, newLink(scene.owner, scene.link.platform, scene.link.identity));
      return [older, twin].map((proof) => ({ published: scene.post({ proofs: [proof] }) }));
    },
    expected: { severity: ["medium", "final"] },
  },
  {
    id: "older signature under the new uuid and time",
    stage: (scene) => withSignature(scene, sign(scene.owner, olderLink(scene))),
    expected: NOT_SIGNED,
  },
  {
    id: "signature for another identity, another platform",
    stage: (scene) =>
      [{ identity: `x${scene.link.identity}` }, { platform: "elsewhere" }].map((change) =>
        withSignature(scene, sign(scene.owner, { ...scene.link, ...change })),
      ),
    expected: NOT_SIGNED,
  },
  {
    id: "signature for a delete",
    stage: (scene) => withSignature(scene, sign(scene.owner, { ...scene.link, action: "delete" })),
    expected: { severity: "final", message: /its action is delete instead of create/ },
  },
  {
    id: "milliseconds",
    stage: (scene) =>
      withSignature(scene, sign(scene.owner, { ...scene.link, createdAt: scene.link.createdAt * 1000 })),
    expected: { severity: "final", message: /its created_at is 1760000000000 instead of 1760000000/ },
  },
  {
    id: "prev left out",
    stage: (scene) => {
      const later = laterLink(scene);
      const proof = scene.proof(scene.owner, later, sign(scene.owner, scene.link));
      return { published: scene.post({ proofs: [proof] }), claim: claimed(scene, later) };
    },
    expected: { severity: "final", message: /its prev is null instead of [A-Za-z0-9+/]{87}=/ },
  },
  {
    id: "other time",
    stage: (scene) => {
      // Its last mention: a gist's file quotes the payload before.
      const { avatar, text } = scene.proof(scene.owner, scene.link);
      const changed = text.replace(/1760000000(?!.*1760000000)/s, "1760000001");
      if (changed === text) throw new Error('the template names no time: declare "other time" as impossible');
      return { published: scene.post({ proofs: [{ avatar, text: changed }] }) };
    },
    expected: { severity: "final", message: /its created_at is 1760000001 instead of 1760000000/ },
  },
  {
    id: "two signatures",
    stage: (scene) => {
      const { owner, link } = scene;
      const proofs = [scene.proof(owner, link), scene.proof(owner, link, signOtherwise(owner, link))];
      return { published: scene.post({ proofs }) };
    },
    expected: { severity: "medium", message: /two signatures/ },
  },
  {
    id: "flood of signatures",
    stage: (scene) => {
      const { attacker, link } = scene;
      const flood = Array.from({ length: 21 }, () => scene.proof(attacker, link, signOtherwise(attacker, link)));
      return { published: scene.post({ proofs: [...flood, scene.proof(scene.owner, link)] }) };
    },
    expected: { severity: "medium", message: /more than 20 signatures/ },
  },
  {
    id: "high s",
    stage: (scene) => withSignature(scene, signOtherwise(scene.owner, scene.link, { highS: true })),
    expected: { severity: ["medium", "final"], message: /upper half/ },
  },
  {
    id: "hex",
    stage: (scene) =>
      withSignature(scene, `0x${Buffer.from(decodeBase64(sign(scene.owner, scene.link))).toString("hex")}`),
    expected: { severity: "medium", message: /no signature/ },
  },
  {
    id: "identity not in its normal form",
    stage: (scene) => {
      const blank = { ...scene.link, identity: ` ${scene.link.identity}` };
      return { published: scene.post({ proofs: [scene.proof(scene.owner, blank)] }), claim: claimed(scene, blank) };
    },
    expected: { severity: "final", message: /not in its normal form/ },
  },

  // What is not there any more.
  {
    id: "edited without the signature",
    stage: (scene) => withSignature(scene, ""),
    expected: { severity: "medium", message: /no signature/ },
  },
  {
    id: "placeholder left in",
    stage: (scene) => withSignature(scene, "%SIG_BASE64%"),
    expected: { severity: "medium", message: /%SIG_BASE64%/ },
  },
  {
    id: "something else",
    stage: (scene) => {
      const text = `hello ${randomUUID()}`;
      return { published: scene.post({ proofs: [{ avatar: scene.owner.publicKey.compressed, text }] }) };
    },
    expected: GONE,
  },
  { id: "never there", stage: () => ({ published: null }), expected: GONE },
  { id: "deleted", stage: (scene) => ({ published: scene.post({ state: "deleted" }) }), expected: GONE },
  { id: "private", stage: (scene) => ({ published: scene.post({ state: "private" }) }), expected: GONE },
];

function withSignature(scene: Scene, signature: string): Staging {
  return { published: scene.post({ proofs: [scene.proof(scene.owner, scene.link, signature)] }) };
}

function laterLink({ owner, link }: Scene): Link {
  return { ...link, prev: sign(owner, newLink(owner, "github", "someone")) };
}

function olderLink({ owner, link }: Scene): Link {
  return newLink(owner, link.platform, link.identity, { createdAt: link.createdAt - 86_400 });
}

function claimed({ owner, fixture }: Scene, link: Link): Claim {
  return claimOf(owner, link, fixture.location);
}

function swapCase(text: string): string {
  const swapped = text.replace(/[A-Za-z]/g, (char) => (char < "a" ? char.toLowerCase() : char.toUpperCase()));
  if (swapped === text) throw new Error('the handle has no letters: declare "another case" as impossible');
  return swapped;
}

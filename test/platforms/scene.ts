import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { CheckError, type Claim, type Evidence, type Severity } from "../../api/platforms/types.ts";
import { startUpstream } from "../standins/upstream.ts";
import { type Signer, claimOf, newLink, newSigner, publishedText } from "./claims.ts";
import type {
  Fixture,
  Publication,
  PublishedProof,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from "./fixtures/fixture.ts";

/** A platform's stand-in with an identity that has a proof to publish, and somebody who would like to be it. */
export interface Scene {
  fixture: Fixture;
  upstream: Upstream;
  engine: Engine;
  /** The avatar that the claim binds the identity to. */
  owner: Signer;
  /** Somebody else, with an avatar of their own. */
  attacker: Signer;
  link: Link;
  claim: Claim;
  stranger: { handle: string; accountId: string };
  /** The engine of another node, for example without the credential. */
  engineWith(options: { token?: string; timeout?: number }): Engine;
  /** What the identity publishes: the proof of the claim, unless told. */
  post(change?: Partial<Publication>): Publication;
  /** A proof in the platform's own template, with this signature in it. */
  proof(signer: Signer, link: Link, signature?: string): PublishedProof;
}

export async function openScene(fixture: Fixture): Promise<Scene> {
  const upstream = await startUpstream(fixture);
  const { platform, identity, handle, accountId, location } = fixture;
  const [owner, attacker] = [newSigner(), newSigner()];
  const link = newLink(owner, platform, identity);
  const engineWith: Scene["engineWith"] = ({ token, timeout = 2000 }) =>
    createEngine({
      upstreams: { [platform]: upstream.upstream },
      tokens: token === undefined ? {} : { [platform]: token },
      timeout,
      limits: { backoff: 1 },
    });
  return {
    ...{ fixture, upstream, owner, attacker, link, proof, engineWith },
    engine: engineWith(fixture.token === undefined ? {} : { token: fixture.token }),
    claim: claimOf(owner, link, location),
    stranger: fixture.stranger ?? { handle: "mallory", accountId: "666" },
    post: (change = {}) => ({ handle, accountId, proofs: [proof(owner, link)], ...change }),
  };
}

function proof(signer: Signer, link: Link, signature?: string): PublishedProof {
  return { avatar: signer.publicKey.compressed, text: publishedText(signer, link, signature) };
}

/** The same platform with a change to its answers, for what only one platform can say. */
export function changed(
  fixture: Fixture,
  change: (answer: UpstreamAnswer, request: UpstreamRequest) => UpstreamAnswer,
): Fixture {
  return {
    ...fixture,
    answer: (request, published) => {
      const answer = fixture.answer!(request, published);
      return answer && change(answer, request);
    },
  };
}

/** Opens a scene in which the genuine proof is published, looks once, and closes it. */
export async function lookAt(
  fixture: Fixture,
  change: (scene: Scene) => Partial<Publication> = () => ({}),
): Promise<Look> {
  const scene = await openScene(fixture);
  try {
    scene.upstream.publish(scene.post(change(scene)));
    return { evidence: await scene.engine.check(scene.claim) };
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    return { error };
  } finally {
    await scene.upstream.close();
  }
}

/** What came of it. */
export interface Look {
  evidence?: Evidence;
  error?: CheckError;
}

/** Expects a look to have ended with this severity and message. */
export async function expectFailure(look: Promise<Look>, severity: Severity, message: RegExp): Promise<void> {
  const { evidence, error } = await look;
  expect(evidence, "evidence").to.equal(undefined);
  expect(error!.message).to.match(message);
  expect(error!.severity).to.equal(severity);
}

/** Expects a look to have confirmed the claim. */
export async function expectSuccess(look: Promise<Look>): Promise<Evidence> {
  const { evidence, error } = await look;
  expect(error?.message, "error").to.equal(undefined);
  return evidence!;
}

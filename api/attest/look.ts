import type { Engine } from "../platforms/engine.ts";
import { platformOf } from "../platforms/index.ts";
import { CheckError, type Claim, type Evidence } from "../platforms/types.ts";
import { isSignedBy } from "../proofs/signed.ts";

/**
 * Looks at the other side of a link with this node's own eyes.
 *
 * @param signature the avatar's, where it is known; a platform without posts needs it.
 * @throws {CheckError} where it does not confirm the claim.
 * @throws {PlatformInputError} where the claim's identity or location is none of its platform.
 */
export type OwnLook = (claim: Claim, signature: Evidence["signature"] | null) => Promise<Evidence>;

/** Looks at posts with the engine. Where the identity is a key, its signature stands in the location, and is verified. */
export function createLook(engine: Engine): OwnLook {
  return async (claim, signature) => {
    const { link, avatar, location } = claim;
    const platform = platformOf(link.platform);
    if (platform?.verifyCounterSignature === undefined) return engine.check(claim);
    if (platform.normaliseIdentity(link.identity) !== link.identity) {
      throw new CheckError("final", `the identity ${link.identity} is not in its normal form`);
    }
    if (!signature || !isSignedBy(link, signature, avatar)) {
      throw new CheckError("final", `the avatar ${avatar.compressed} did not sign this link`);
    }
    const counter = platform.verifyCounterSignature(link, location);
    if (!counter.verified) throw new CheckError("final", counter.message);
    // Nothing was read anywhere: what proves it stands in the link and its location.
    const record = { answers: [], handle: link.identity, facts: {}, description: "" };
    return { signature, accountId: link.identity, location, checkedAt: Math.floor(Date.now() / 1000), record };
  };
}

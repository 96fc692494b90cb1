import { didKey } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { platformOf } from "../platforms/index.ts";
import { bindingsOf } from "../proofs/read/bindings.ts";
import { validityOf } from "../proofs/read/search.ts";
import type { SignInMessage } from "./message.ts";
import { type SignedMessage, signIn } from "./signIn.ts";

/** How long an ID token is good, in seconds: as long as it takes to hand it over. */
export const TOKEN_LIFETIME = 5 * 60;

/** Resources by which a message says what its signer discloses, and for which of their avatars they act. */
const BINDING = "urn:syngraph:binding:";
const AVATAR = "urn:syngraph:avatar:";

export interface IdTokenRequest extends SignedMessage {
  /** Whom the token is for: the message's domain or origin. Empty for the domain. */
  audience: string;
}

/**
 * "Sign in with avatar" for an application of somebody else's: what its user signed for the application's own domain, and
 * that alone, is told in a token that nobody else will take.
 *
 * @throws {ApiError} saying what is wrong.
 */
export async function issueIdToken(context: Context, { audience, ...signed }: IdTokenRequest): Promise<string> {
  let platforms: ReadonlySet<string> = new Set();
  const { avatar, message } = await signIn(context, signed, {
    avatar: (read) => {
      // All that can be refused is, before the nonce is used up.
      platforms = platformsIn(read);
      requireAudience(audience, read);
      return avatarIn(read);
    },
  });
  const bindings = platforms.size === 0 ? [] : await bindingsOf(context.reads, avatar.address.toLowerCase());
  return context.signingKeys.sign(
    {
      iss: context.config.publicUrl,
      aud: audience || message.domain,
      sub: didKey(avatar),
      iat: Math.floor(Date.now() / 1000),
      nonce: message.nonce,
      avatar: avatar.compressed,
      bindings: bindings
        .filter((binding) => platforms.has(binding.platform) && validityOf(binding).is_valid)
        .map(({ platform, identity, alt_id, last_checked_at }) => ({ platform, identity, alt_id, last_checked_at })),
    },
    TOKEN_LIFETIME,
  );
}

function platformsIn({ resources }: SignInMessage): Set<string> {
  const platforms = resources.filter((urn) => urn.startsWith(BINDING)).map((urn) => urn.slice(BINDING.length));
  const unknown = platforms.find((platform) => !platformOf(platform));
  if (unknown !== undefined) throw badRequest(`the message's resource ${BINDING}${unknown} names no platform`);
  return new Set(platforms);
}

/** The avatar that the signer chose; the application may not choose another. */
function avatarIn({ resources }: SignInMessage): string | undefined {
  const [chosen, ...others] = resources.filter((urn) => urn.startsWith(AVATAR)).map((urn) => urn.slice(AVATAR.length));
  if (others.length > 0) throw badRequest("the message's resources name several avatars: one is to sign in");
  return chosen;
}

function requireAudience(audience: string, { domain, uri }: SignInMessage): void {
  if (audience !== "" && audience !== domain && audience !== uri.origin) {
    throw badRequest(`audience: the message was signed for ${domain} (${uri.origin}), not for ${audience}`);
  }
}

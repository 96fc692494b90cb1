import { platformOf } from "../../platforms/index.ts";
import type { Binding } from "./bindings.ts";

/** Where people find a binding's other side. */
export interface BindingUris {
  /** The account's address, or a URI of its kind; null where it has none. */
  uri: string | null;
  /** The post's https address; null where there is none to see. */
  proof_uri: string | null;
}

/** Made of what the platform's file says: of what stands on chain, anybody may have written it. */
export function urisOf({ platform, identity, alt_id, proof_location }: Binding): BindingUris {
  const known = platformOf(platform);
  return {
    // Where no account is known by another name, the identity stands for it.
    uri: known?.uriOf(identity, alt_id === identity ? "" : alt_id) ?? null,
    proof_uri: known?.postUriOf(identity, proof_location) ?? null,
  };
}

/** What a {@link ProtocolError} is about: the field, by its name on the wire. */
export type ProtocolField =
  | "action"
  | "platform"
  | "identity"
  | "public_key"
  | "created_at"
  | "uuid"
  | "prev"
  | "signature"
  | "wallet_signature"
  | "target_signature"
  | "proof_location"
  | "algorithm"
  | "rp_id"
  | "name"
  | "expires_at"
  | "nonce";

/** A value that no signed text, hash or key can be made of. `field` says which, `message` why. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly field: ProtocolField;

  constructor(field: ProtocolField, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** Errors of DID Resolution (W3C, section "Errors") that this resolver has, with their status in its HTTP binding. */
const ERRORS = {
  INVALID_DID: { status: 400, title: "Invalid DID" },
  INVALID_DID_URL: { status: 400, title: "Invalid DID URL" },
  INVALID_OPTIONS: { status: 400, title: "Invalid options" },
  NOT_FOUND: { status: 404, title: "Not found" },
  REPRESENTATION_NOT_SUPPORTED: { status: 406, title: "Representation not supported" },
  METHOD_NOT_SUPPORTED: { status: 501, title: "Method not supported" },
  FEATURE_NOT_SUPPORTED: { status: 501, title: "Feature not supported" },
} as const;
export type DidErrorCode = keyof typeof ERRORS;

/** A DID that cannot be resolved; its message says why. */
export class DidError extends Error {
  override readonly name = "DidError";
  readonly code: DidErrorCode;
  readonly title: string;

  /** @param title where a DID method has a name of its own for the error. */
  constructor(code: DidErrorCode, message: string, title: string = ERRORS[code].title) {
    super(message);
    this.code = code;
    this.title = title;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** As metadata have it (RFC 9457). */
  get problem(): { type: string; status: number; title: string; detail: string } {
    const { code, status, title, message } = this;
    return { type: `https://www.w3.org/ns/did#${code}`, status, title, detail: message };
  }
}

/**
 * Why this page cannot use passkeys, or null where it can try: they need a secure context, and are made for a name, so that a
 * page at an IP address has none (WebAuthn level 3, section 5.1.3: the rp id is a valid domain).
 */
export function passkeyObstacle(): "unsupported" | "insecure" | "address" | null {
  if (!window.isSecureContext) return "insecure";
  if (!("PublicKeyCredential" in window)) return "unsupported";
  return /^[\d.]+$|^\[/.test(window.location.hostname) ? "address" : null;
}

/**
 * How long an upstream wants to be left alone, in seconds: Retry-After (RFC 9110, section 10.2.3), else the `x-ratelimit-*`
 * headers that GitHub and others send. Null where it does not say.
 */
export function secondsToWait(headers: Headers): number | null {
  const now = Date.now() / 1000;
  const retryAfter = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter) / 1000;
  const remaining = headers.get("x-ratelimit-remaining") ?? headers.get("x-rate-limit-remaining");
  const next = headers.get("x-ratelimit-reset") ?? headers.get("x-rate-limit-reset");
  const reset = remaining === "0" ? Number(next) : Number.NaN;
  const until = [date, reset].find((time) => time > now);
  return until === undefined ? null : Math.ceil(until - now);
}

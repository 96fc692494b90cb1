/** Last second that an ECMAScript date can hold (ECMA-262, section 21.4.1.1). */
const LAST_SECOND = 8.64e12;

/** A time as the API gives it, decimal Unix seconds, in UTC; anything else is shown as it came. */
export function Time({ seconds }: { seconds: string }) {
  const value = Number(seconds);
  if (!/^\d+$/.test(seconds) || value > LAST_SECOND) return <span>{seconds}</span>;
  const iso = new Date(value * 1000).toISOString();
  return <time dateTime={iso}>{iso.replace("T", " ").replace(/\.000Z$/, " UTC")}</time>;
}

/** Waits between looks at a post, in seconds: whoever published it just now sees it soon, and nobody is asked for ever. */
const WAITS = [3, 5, 8, 13, 20, 30, 45, 60];

/** How often is looked without being asked to. */
export const MAX_LOOKS = 20;

/**
 * Seconds to wait after so many looks that found nothing; null where nothing is looked for any more by itself.
 *
 * @param busy whether the API asked for patience (429): then at least a minute, its window.
 */
export function waitAfter(looks: number, busy = false): number | null {
  if (looks >= MAX_LOOKS) return null;
  const wait = WAITS[Math.min(looks, WAITS.length) - 1] ?? WAITS[0]!;
  return busy ? Math.max(wait, 60) : wait;
}

import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

/** Last second that an ECMAScript date can hold (ECMA-262, section 21.4.1.1). */
const LAST_SECOND = 8.64e12;

/** Units of relative times, the largest first, in seconds. */
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/**
 * A time as the API gives it, Unix seconds: "3 days ago", and in full in UTC as its title. Anything else is shown as it came.
 *
 * @param absolute shows it in full.
 */
export function Time({ seconds, absolute = false }: { seconds: string | number; absolute?: boolean }) {
  const value = Number(seconds);
  if (!/^\d+$/.test(String(seconds)) || value > LAST_SECOND) return <span>{seconds}</span>;
  const iso = new Date(value * 1000).toISOString();
  const full = iso.replace("T", " ").replace(/\.000Z$/, " UTC");
  if (absolute) return <time dateTime={iso}>{full}</time>;
  return (
    <time dateTime={iso} title={full}>
      <Relative seconds={value} />
    </time>
  );
}

function Relative({ seconds }: { seconds: number }) {
  const { i18n } = useTranslation();
  const now = useSyncExternalStore(everyTick, () => Math.floor(Date.now() / TICK) * (TICK / 1000));
  return relativeTime(seconds - now, i18n.language);
}

/** "3 days ago" of a difference in seconds, negative for the past. */
export function relativeTime(difference: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [unit, length] = UNITS.find(([, size]) => Math.abs(difference) >= size) ?? ["second", 60];
  // Below a minute it is "now": the page does not count seconds.
  return unit === "second" ? format.format(0, "second") : format.format(Math.trunc(difference / length), unit);
}

/** How often relative times are told anew, in milliseconds. */
const TICK = 30_000;

function everyTick(listener: () => void): () => void {
  const timer = setInterval(listener, TICK);
  return () => clearInterval(timer);
}

import { useTranslation } from "react-i18next";

/** The largest first, in seconds. */
const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Says seconds in the reader's language, in its largest two units. */
export function useDuration(): (seconds: number) => string {
  const { i18n } = useTranslation();
  return (seconds) => durationOf(seconds, i18n.language);
}

export function durationOf(seconds: number, language: string): string {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  const shown = UNITS.slice(first === -1 ? UNITS.length - 1 : first).slice(0, 2);
  let rest = seconds;
  const parts = shown.map(([unit, length]) => {
    const value = Math.floor(rest / length);
    rest -= value * length;
    return {
      value,
      text: new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value),
    };
  });
  return parts
    .filter(({ value }, index) => index === 0 || value > 0)
    .map(({ text }) => text)
    .join(" ");
}

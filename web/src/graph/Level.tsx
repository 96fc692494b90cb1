import { useTranslation } from "react-i18next";

/** The levels of confidence, from the least. */
export const LEVELS = [1, 2, 3, 4, 5] as const;
export type KnownLevel = (typeof LEVELS)[number];

export function isLevel(value: number): value is KnownLevel {
  return (LEVELS as readonly number[]).includes(value);
}

/** How sure a connection is: five bars and a word. */
export function Level({ level }: { level: number }) {
  const { t } = useTranslation("graph");
  return (
    <span className="level">
      <span className="level-bars" aria-hidden="true">
        {LEVELS.map((bar) => (
          <span key={bar} className={bar <= level ? "full" : undefined} />
        ))}
      </span>
      {isLevel(level) ? t(`level.${level}`) : level}
    </span>
  );
}

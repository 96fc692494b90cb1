import type { ReactNode } from "react";

import { Icon, type IconName } from "./icons.tsx";

/** What a check came to; `open` where it cannot be made here. */
export type Outcome = "good" | "bad" | "open";

const ICONS: Readonly<Record<Outcome, IconName>> = { good: "check", bad: "close", open: "question" };

/** What a check came to. The sign and the colour are for the eye only; the words must say the same. */
export function Mark({ outcome, children }: { outcome: Outcome; children: ReactNode }) {
  return (
    <span className={`mark ${outcome}`} data-outcome={outcome}>
      <Icon name={ICONS[outcome]} size={16} />
      <span>{children}</span>
    </span>
  );
}

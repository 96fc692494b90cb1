import type { CheckOutcome } from "@syngraph/sdk/client";
import type { ReactNode } from "react";

import { Icon, type IconName } from "./icons.tsx";

const ICONS: Readonly<Record<CheckOutcome, IconName>> = { good: "check", bad: "close", open: "question" };

/** What a check came to. The sign and the colour are for the eye only; the words must say the same. */
export function Mark({ outcome, children }: { outcome: CheckOutcome; children: ReactNode }) {
  return (
    <span className={`mark ${outcome}`} data-outcome={outcome}>
      <Icon name={ICONS[outcome]} size={16} />
      <span>{children}</span>
    </span>
  );
}

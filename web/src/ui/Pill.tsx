import type { ReactNode } from "react";

import { Icon, type IconName } from "./icons.tsx";

/** What a state means to the reader; each has its colour. */
export type Tone = "good" | "bad" | "wait" | "accent" | "neutral";

/** A state in a word with its icon: never by colour alone. */
export function Pill({
  tone = "neutral",
  icon,
  title,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  title?: string | undefined;
  children: ReactNode;
}) {
  return (
    <span className={`pill ${tone}`} title={title}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

import type { ReactNode } from "react";

import { Icon, type IconName } from "./icons.tsx";
import type { Tone } from "./Pill.tsx";

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: "check",
  bad: "alert",
  wait: "clock",
  accent: "info",
  neutral: "info",
};

/**
 * Something that the reader should know before going on.
 *
 * @param live tells it to readers who do not see it when it appears: `alert` at once, `status` when there is a pause.
 */
export function Notice({
  tone = "neutral",
  icon = ICONS[tone],
  title,
  live,
  actions,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  title?: ReactNode;
  live?: "alert" | "status";
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role={live}>
      <Icon name={icon} />
      <div>
        {title !== undefined && <p className="notice-title">{title}</p>}
        {children}
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
    </div>
  );
}

import { useTranslation } from "react-i18next";

import type { IconName } from "../ui/icons.tsx";
import { Pill, type Tone } from "../ui/Pill.tsx";

const LOOKS = {
  ok: ["good", "check"],
  stale: ["wait", "clock"],
  behind: ["wait", "clock"],
  slow: ["wait", "clock"],
  low: ["wait", "alert"],
  unknown: ["neutral", "question"],
  unasked: ["neutral", "question"],
  failing: ["bad", "alert"],
  down: ["bad", "alert"],
} as const satisfies Record<string, readonly [Tone, IconName]>;
export type StateName = keyof typeof LOOKS;

/** How a part of the node stands. */
export function State({ of }: { of: StateName }) {
  const { t } = useTranslation("operator");
  const [tone, icon] = LOOKS[of];
  return (
    <Pill tone={tone} icon={icon}>
      {t(`state.${of}`)}
    </Pill>
  );
}

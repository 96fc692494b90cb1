import { useTranslation } from "react-i18next";

import type { IconName } from "./icons.tsx";
import { Pill, type Tone } from "./Pill.tsx";

const LOOKS = {
  claimed: ["wait", "question"],
  confirmed: ["good", "check"],
  invalid: ["bad", "alert"],
  suspended: ["bad", "pause"],
  deleted: ["neutral", "minus"],
} as const satisfies Record<string, readonly [Tone, IconName]>;

/**
 * Where a binding stands: a pill with icon and word, and what it means as its title. Other words are shown as they come.
 *
 * @param isValid whether the node, which looks again, still sees what the chain has as confirmed.
 */
export function Status({ status, isValid = true }: { status: string; isValid?: boolean }) {
  const { t } = useTranslation();
  if (!isKnown(status)) return <Pill>{status}</Pill>;
  const shown = status === "confirmed" && !isValid ? "invalid" : status;
  const [tone, icon] = LOOKS[shown];
  return (
    <Pill tone={tone} icon={icon} title={t(`status.${shown}.meaning`)}>
      {t(`status.${shown}.name`)}
    </Pill>
  );
}

function isKnown(status: string): status is keyof typeof LOOKS {
  return Object.hasOwn(LOOKS, status);
}

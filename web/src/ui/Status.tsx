import { useTranslation } from "react-i18next";

import type { IconName } from "./icons.tsx";
import { Pill, type Tone } from "./Pill.tsx";

const LOOKS = {
  claimed: ["wait", "question"],
  confirmed: ["good", "check"],
  suspended: ["bad", "pause"],
  deleted: ["neutral", "minus"],
} as const satisfies Record<string, readonly [Tone, IconName]>;

/** Where a binding stands: a pill with icon and word, and what it means as its title. Other words are shown as they come. */
export function Status({ status }: { status: string }) {
  const { t } = useTranslation();
  if (!isKnown(status)) return <Pill>{status}</Pill>;
  const [tone, icon] = LOOKS[status];
  return (
    <Pill tone={tone} icon={icon} title={t(`status.${status}.meaning`)}>
      {t(`status.${status}.name`)}
    </Pill>
  );
}

function isKnown(status: string): status is keyof typeof LOOKS {
  return Object.hasOwn(LOOKS, status);
}

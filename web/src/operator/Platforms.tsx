import type { NodeStatus } from "@syngraph/sdk/client";
import { useTranslation } from "react-i18next";

import { Card } from "../ui/Card.tsx";
import type { IconName } from "../ui/icons.tsx";
import { Pill, type Tone } from "../ui/Pill.tsx";
import { useDuration } from "./duration.ts";

type Platform = NodeStatus["platforms"][number];

const LOOKS = {
  live: ["good", "check"],
  "needs credential": ["wait", "key"],
  "service closed": ["neutral", "minus"],
} as const satisfies Record<Platform["status"], readonly [Tone, IconName]>;

/**
 * Where this node looks for proofs. The roles repeat what the elements say, because on a narrow screen the style sheet takes
 * rows apart.
 */
export function Platforms({ platforms }: { platforms: readonly Platform[] }) {
  const { t } = useTranslation("operator");
  const columns = [t("platforms.platform"), t("platforms.state"), t("platforms.quorum")] as const;
  return (
    <Card title={t("platforms.title")} lead={t("platforms.lead")} flush>
      <table role="table" className="table operator-platforms">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((title, index) => (
              <th key={title} role="columnheader" scope="col" className={index === 2 ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {platforms.map((platform) => (
            <tr role="row" key={platform.id}>
              <th role="rowheader" scope="row" data-label={columns[0]}>
                <bdi>{platform.name}</bdi>
              </th>
              <td role="cell" data-label={columns[1]}>
                <span>
                  <PlatformState of={platform} />
                </span>
              </td>
              <td role="cell" data-label={columns[2]} className="number">
                {platform.quorum ?? <span className="soft">{t("unknown")}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function PlatformState({ of: { status, resting } }: { of: Platform }) {
  const { t } = useTranslation("operator");
  const duration = useDuration();
  if (resting !== null) {
    return (
      <Pill tone="bad" icon="pause" title={t("platforms.restingWhy")}>
        {t("platforms.resting", { duration: duration(resting) })}
      </Pill>
    );
  }
  const [tone, icon] = LOOKS[status];
  return (
    <Pill tone={tone} icon={icon}>
      {t(`platforms.${status}`)}
    </Pill>
  );
}

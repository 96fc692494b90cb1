import { useTranslation } from "react-i18next";

import type { GraphModel } from "./model.ts";
import { EVIDENCE, evidenceOf } from "./words.ts";

/** What the lines of this drawing mean: those that it has. */
export function Legend({ model }: { model: GraphModel }) {
  const { t } = useTranslation("graph");
  const used = new Set(model.edges.map(({ edge }) => evidenceOf(edge.evidence)));
  const isDisputed = model.edges.some(({ edge }) => edge.disputed);
  return (
    <ul className="plain graph-legend" aria-label={t("legend")}>
      {EVIDENCE.filter((evidence) => used.has(evidence)).map((evidence) => (
        <li key={evidence}>
          <Sample className={evidence} />
          {t(`evidence.${evidence}.name`)}
        </li>
      ))}
      {isDisputed && (
        <li>
          <Sample className="signatures disputed" />
          {t("disputed.name")}
        </li>
      )}
    </ul>
  );
}

function Sample({ className }: { className: string }) {
  return (
    <svg width="36" height="10" aria-hidden="true" focusable="false">
      <path className={`graph-edge ${className}`} d="M2 5h32" />
    </svg>
  );
}

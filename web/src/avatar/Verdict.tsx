import { useTranslation } from "react-i18next";

import { Notice } from "../ui/Notice.tsx";
import type { CheckedChain } from "@syngraph/sdk/client";

/** The outcome of all checks in a sentence or two. */
export function Verdict({ chains }: { chains: readonly CheckedChain[] }) {
  const { t } = useTranslation("avatar");
  const outcomes = chains.flatMap(({ links }) => links.map((link) => link.outcome));
  const count = outcomes.length;
  const bad = outcomes.filter((outcome) => outcome === "bad").length;
  const open = outcomes.filter((outcome) => outcome === "open").length;
  if (count === 0) {
    return (
      <Notice tone="bad" live="status" title={t("verdict.none")}>
        {t("verdict.noneAdvice")}
      </Notice>
    );
  }
  if (bad > 0) {
    return (
      <Notice tone="bad" live="status" title={t("verdict.bad", { count, bad })}>
        {t("verdict.badAdvice")}
      </Notice>
    );
  }
  if (open > 0) {
    return (
      <Notice tone="wait" icon="question" live="status" title={t("verdict.open", { count, good: count - open })}>
        {t("verdict.openAdvice")}
      </Notice>
    );
  }
  return (
    <Notice tone="good" icon="shield" live="status" title={t("verdict.good", { count })}>
      {t("verdict.goodAdvice")}
    </Notice>
  );
}

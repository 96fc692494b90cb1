import type { DoneStep as Step, PlatformInfo } from "@syngraph/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { isolated } from "./isolated.ts";
import { nameOf } from "./platforms.ts";
import { StepBody } from "./StepBody.tsx";

/** What came of it, and where it can be seen. */
export function DoneStep({
  platform,
  link,
  step,
}: {
  platform: Pick<PlatformInfo, "id" | "name">;
  link: { action: "create" | "delete"; identity: string; avatar: string };
  step: Step;
}) {
  const { t } = useTranslation("bind");
  const queries = useQueryClient();
  useEffect(() => {
    // What other pages know of this avatar is from before.
    void queries.invalidateQueries();
  }, [queries]);
  const isDelete = link.action === "delete";
  const title = isDelete ? "done.titleRevoked" : step.claimed ? "done.titleClaimed" : "done.title";
  const values = { identity: isolated(link.identity), platform: nameOf(platform) };
  return (
    <Card title={t(title)}>
      <StepBody>
        <Notice tone={step.claimed ? "wait" : "good"} live="status">
          <p>{t(isDelete ? "done.revoked" : step.claimed ? "done.claimed" : "done.bound", values)}</p>
        </Notice>
        <Facts
          of={[
            [t("done.chain"), String(step.chainId)],
            [t("done.block"), String(step.block)],
            [t("done.transaction"), <KeyText key="tx" text={step.txHash} copy={t("done.transaction")} />],
            [t("done.link"), <KeyText key="link" text={step.linkId} copy={t("done.link")} />],
          ]}
        />
        <div className="actions">
          <LinkButton look="primary" href="/me">
            {t("done.mine")}
          </LinkButton>
          <LinkButton href={`/avatar/${link.avatar}/chain`} icon="shield">
            {t("done.proofs")}
          </LinkButton>
          <LinkButton href="/me/bind" icon="plus">
            {t("done.another")}
          </LinkButton>
        </div>
      </StepBody>
    </Card>
  );
}

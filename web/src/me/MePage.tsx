import type { ProofReply } from "@syngraph/sdk";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useKeyring, useSyngraph } from "../app/hooks.ts";
import "../bind/bind.css";
import { Unfinished } from "../bind/Unfinished.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { Bindings } from "./Bindings.tsx";
import "./me.css";
import { MeNav } from "./MeNav.tsx";

/** The reader's avatar and what is bound to it. */
export function MePage() {
  const { t } = useTranslation("me");
  const { publicKey } = useKeyring();
  return (
    <>
      <PageHeading
        title={t("title")}
        actions={
          publicKey !== null && (
            <LinkButton look="primary" icon="plus" href="/me/bind">
              {t("bind")}
            </LinkButton>
          )
        }
      />
      <MeNav />
      {publicKey === null ? (
        <Card>
          <EmptyState
            icon="key"
            title={t("none.title")}
            action={
              <LinkButton look="primary" href="/me/keys">
                {t("none.action")}
              </LinkButton>
            }
          >
            <p>{t("none.text")}</p>
          </EmptyState>
        </Card>
      ) : (
        <OwnAvatar key={publicKey} publicKey={publicKey} />
      )}
    </>
  );
}

function OwnAvatar({ publicKey }: { publicKey: string }) {
  const { t } = useTranslation("me");
  const { state } = useKeyring();
  const request = useBindings(publicKey);
  return (
    <div className="stack">
      <Card>
        <div className="avatar-card">
          <Facts of={[[t("card.key"), <KeyText key="key" text={publicKey} wide copy={t("card.key")} />]]} />
          <Pill tone={state === "unlocked" ? "good" : "neutral"} icon={state === "unlocked" ? "unlock" : "lock"}>
            {t(state === "unlocked" ? "card.unlocked" : "card.locked")}
          </Pill>
        </div>
        <div className="actions">
          <LinkButton small icon="user" href={`/avatar/${publicKey}`}>
            {t("card.profile")}
          </LinkButton>
          <LinkButton small icon="shield" href={`/avatar/${publicKey}/chain`}>
            {t("card.chain")}
          </LinkButton>
          <LinkButton small icon="graph" href={`/graph/nextid/${publicKey}`}>
            {t("card.graph")}
          </LinkButton>
          <LinkButton small icon="users" href="/me/bind/nextid">
            {t("alias")}
          </LinkButton>
        </div>
      </Card>
      <Unfinished />
      <Waiting request={request} what={t("loading")} lines={6}>
        {(bindings) => <Bindings bindings={bindings} />}
      </Waiting>
    </div>
  );
}

/** All bindings of an avatar, also claimed and deleted ones, with what this node saw of them since. */
function useBindings(publicKey: string): UseQueryResult<ProofReply[]> {
  const syngraph = useSyngraph();
  return useQuery({
    queryKey: ["me", "bindings", publicKey],
    queryFn: async ({ signal }) => {
      const query = { platform: "nextid", identity: publicKey, exact: true, status: "any" as const };
      const proofs: ProofReply[] = [];
      for await (const found of syngraph.proofs(query, { signal })) {
        // An avatar that has this one as its alias is found too.
        if (found.avatar === publicKey) proofs.push(...found.proofs);
      }
      return proofs;
    },
  });
}

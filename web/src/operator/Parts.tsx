import type { NodeStatus } from "@syngraph/sdk/client";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Card } from "../ui/Card.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Time } from "../ui/Time.tsx";
import { useDuration } from "./duration.ts";
import { State, type StateName } from "./State.tsx";

/** What the node is made of, a card each. */
export function Parts({ status }: { status: NodeStatus }) {
  const { t, i18n } = useTranslation("operator");
  const duration = useDuration();
  const number = (value: number | null) => value?.toLocaleString(i18n.language);
  const { chain, indexer, database, relayer, queue, events } = status;
  const of = (value: ReactNode) => value ?? <span className="soft">{t("unknown")}</span>;
  return (
    <div className="grid operator-parts">
      <Part name="chain" state={chain.state}>
        <Facts
          of={[
            [t("fact.block"), of(number(chain.block))],
            [t("fact.age"), of(chain.age === null ? null : <Time seconds={status.as_of - chain.age} />)],
            [t("fact.chainId"), chain.chain_id],
            [t("fact.registry"), <KeyText text={chain.proof_registry} copy={t("fact.registry")} />],
            [t("fact.attesterRegistry"), <KeyText text={chain.attester_registry} copy={t("fact.attesterRegistry")} />],
          ]}
        />
      </Part>
      <Part name="indexer" state={indexer.state}>
        <Facts
          of={[
            [t("fact.indexed"), of(number(indexer.block))],
            [t("fact.lag"), of(indexer.lag === null ? null : t("fact.lagBlocks", { count: indexer.lag }))],
          ]}
        />
      </Part>
      <Part name="database" state={database.state}>
        <p>{t(database.state === "ok" ? "fact.databaseOk" : "fact.databaseDown")}</p>
      </Part>
      <Part name="relayer" state={relayer.state}>
        <Facts
          of={[
            [
              t("fact.balance"),
              of(relayer.balance === null ? null : t("fact.ether", { amount: rounded(relayer.balance) })),
            ],
            [t("fact.minimum"), t("fact.ether", { amount: relayer.minimum })],
            [
              t("fact.leading"),
              of(relayer.leading === null ? null : t(relayer.leading ? "fact.leads" : "fact.follows")),
            ],
            [t("fact.inFlight"), of(relayer.in_flight)],
            [t("fact.address"), <KeyText text={relayer.address} copy={t("fact.address")} />],
          ]}
        />
      </Part>
      <Part name="queue" state={queue.state}>
        <Facts
          of={[
            [t("fact.accepted"), of(queue.accepted)],
            [t("fact.sent"), of(queue.sent)],
            [t("fact.oldest"), of(queue.oldest === null ? null : duration(queue.oldest))],
          ]}
        />
      </Part>
      <Part name="software">
        <Facts
          of={[
            [t("fact.version"), <bdi>{status.version}</bdi>],
            [t("fact.uptime"), duration(status.uptime)],
            [t("fact.streams"), t("fact.streamsOf", { count: events.streams, limit: events.limit })],
          ]}
        />
      </Part>
    </div>
  );
}

function Part({
  name,
  state,
  children,
}: {
  name: "chain" | "indexer" | "database" | "relayer" | "queue" | "software";
  state?: StateName;
  children: ReactNode;
}) {
  const { t } = useTranslation("operator");
  return (
    <Card title={t(`part.${name}`)} actions={state && <State of={state} />}>
      {children}
    </Card>
  );
}

/** Wei do not help the eye. */
function rounded(ether: string): string {
  const [whole, fraction = ""] = ether.split(".");
  const digits = fraction.slice(0, 6).replace(/0+$/, "");
  return digits === "" ? whole! : `${whole}.${digits}`;
}

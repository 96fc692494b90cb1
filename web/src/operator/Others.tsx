import type { NodeStatus } from "@syngraph/sdk/client";
import { useTranslation } from "react-i18next";

import { Card } from "../ui/Card.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Time } from "../ui/Time.tsx";
import { State } from "./State.tsx";

/** Whose word counts. */
export function Attesters({ attesters: { self, active, all } }: { attesters: NodeStatus["attesters"] }) {
  const { t } = useTranslation("operator");
  const isSelf = (address: string) => address.toLowerCase() === self.toLowerCase();
  return (
    <Card title={t("attesters.title")} lead={t("attesters.lead")} flush>
      <ul className="rows">
        {all === null && <li className="soft">{t("attesters.unknown")}</li>}
        {all?.length === 0 && <li className="soft">{t("attesters.none")}</li>}
        {all?.map(({ address, origin }) => (
          <li key={address} className="cluster">
            <KeyText text={address} copy={t("fact.address")} />
            {isSelf(address) && (
              <Pill tone="accent" icon="server">
                {t("attesters.self")}
              </Pill>
            )}
            <span className="soft small-text">
              {origin === null ? t("attesters.noOrigin") : <ExternalLink href={origin}>{hostOf(origin)}</ExternalLink>}
            </span>
          </li>
        ))}
        {active !== null && (
          <li className="soft small-text">{t(active ? "attesters.active" : "attesters.inactive")}</li>
        )}
      </ul>
    </Card>
  );
}

/** The other nodes, and how they answered last. */
export function Peers({ peers }: { peers: NodeStatus["peers"] }) {
  const { t } = useTranslation("operator");
  return (
    <Card title={t("peers.title")} lead={t("peers.lead")} flush>
      <ul className="rows">
        {peers.length === 0 && <li className="soft">{t("peers.none")}</li>}
        {peers.map(({ origin, state, last_success, last_failure, failures, latency }, index) => (
          <li key={origin ?? index}>
            <p className="cluster">
              {origin === null ? t("peers.private") : <ExternalLink href={origin}>{hostOf(origin)}</ExternalLink>}
              <State of={state} />
            </p>
            <p className="soft small-text operator-peer">
              {last_success !== null && (
                <span>
                  {t("peers.success")} <Time seconds={last_success} />
                </span>
              )}
              {last_failure !== null && (
                <span>
                  {t("peers.failure")} <Time seconds={last_failure} />
                </span>
              )}
              {failures > 0 && <span>{t("peers.failures", { count: failures })}</span>}
              {latency !== null && <span>{t("peers.latency", { count: latency })}</span>}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? origin;
}

import type { NodeStatus } from "@syngraph/sdk/client";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client } from "../app/client.ts";
import { describeFailure } from "../failure.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Time } from "../ui/Time.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { Attesters, Peers } from "./Others.tsx";
import { Parts } from "./Parts.tsx";
import { Platforms } from "./Platforms.tsx";
import "./operator.css";

/** How often the node is asked, in milliseconds. */
const INTERVAL = 3_000;

/** How the node that serves this page stands, and all it rests on. */
export function OperatorPage() {
  const { t } = useTranslation("operator");
  const request = useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => client.status({ signal }),
    refetchInterval: INTERVAL,
    staleTime: 0,
  });
  return (
    <div className="stack">
      <PageHeading
        title={t("title")}
        lead={t("lead")}
        actions={
          <Button icon="refresh" busy={request.isFetching} onClick={() => void request.refetch()}>
            {t("refresh")}
          </Button>
        }
      />
      <Waiting request={request} what={t("loading")} lines={6}>
        {(status) => (
          <>
            {request.isError ? <Unreachable error={request.error} /> : <Overall status={status} />}
            <p className="soft small-text">
              {t("asOf")} <Time seconds={status.as_of} absolute /> · {t("live")}
            </p>
            <Parts status={status} />
            <Platforms platforms={status.platforms} />
            <div className="operator-others">
              <Attesters attesters={status.attesters} />
              <Peers peers={status.peers} />
            </div>
          </>
        )}
      </Waiting>
    </div>
  );
}

const TONES = { ok: "good", degraded: "wait", down: "bad" } as const;

function Overall({ status: { state } }: { status: NodeStatus }) {
  const { t } = useTranslation("operator");
  return (
    <Notice tone={TONES[state]} icon={state === "ok" ? "check" : "alert"} live="status" title={t(`overall.${state}`)} />
  );
}

/** What is shown is old: that has to be said before it. */
function Unreachable({ error }: { error: unknown }) {
  const { t } = useTranslation(["operator", "errors"]);
  return (
    <Notice tone="bad" icon="alert" live="alert" title={t("unreachable.title")}>
      <p>
        {t(`errors:${describeFailure(error).code}`)} {t("unreachable.text")}
      </p>
    </Notice>
  );
}

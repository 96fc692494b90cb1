import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client } from "../app/client.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { SelectField } from "../ui/Field.tsx";
import type { IconName } from "../ui/icons.tsx";
import { Notice } from "../ui/Notice.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Pill, type Tone } from "../ui/Pill.tsx";
import { Failure, Loading } from "../ui/Waiting.tsx";
import { EventRow } from "./EventRow.tsx";
import { type FeedState, useFeed } from "./useFeed.ts";
import "./activity.css";

/** What happens in the registry, as it happens. */
export function ActivityPage() {
  const { t } = useTranslation("activity");
  const { feed, state, error, hasGap, isPaused, held, pause, resume, retry } = useFeed();
  const [platform, setPlatform] = useState("");
  const platforms = usePlatforms(feed.events.map((event) => event.platform));
  const shown = feed.events.filter((event) => platform === "" || event.platform === platform);

  return (
    <div className="stack">
      <PageHeading
        title={t("title")}
        lead={t("lead")}
        actions={
          <SelectField label={t("filter.label")} value={platform} onChange={(event) => setPlatform(event.target.value)}>
            <option value="">{t("filter.all")}</option>
            {platforms.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </SelectField>
        }
      />
      <div className="activity-bar">
        <span role="status">
          <Connection state={isPaused && state === "open" ? "paused" : state} />
        </span>
        <Button small icon={isPaused ? "arrow" : "pause"} aria-pressed={isPaused} onClick={isPaused ? resume : pause}>
          {t(isPaused ? "resume" : "pause")}
        </Button>
        {held > 0 && (
          <Button small look="primary" icon="refresh" onClick={resume}>
            {t("held", { count: held })}
          </Button>
        )}
      </div>
      {hasGap && (
        <Notice tone="wait" title={t("gap.title")}>
          <p>{t("gap.text")}</p>
        </Notice>
      )}
      {state === "failed" && <Failure error={error} retry={retry} />}
      {shown.length === 0 ? (
        state === "connecting" && feed.events.length === 0 ? (
          <Loading lines={6} />
        ) : (
          state !== "failed" && <Nothing isFiltered={platform !== "" && feed.events.length > 0} />
        )
      ) : (
        <Card flush>
          {/* Readers who hear the page are told of what comes. */}
          <div role="log" aria-label={t("list")} aria-live={isPaused ? "off" : "polite"}>
            <ol className="rows">
              {shown.map((event) => (
                <EventRow
                  key={event.id}
                  event={event}
                  isTakenBack={feed.takenBack.has(event.id)}
                  movedTo={feed.moved.get(event.id) ?? null}
                />
              ))}
            </ol>
          </div>
        </Card>
      )}
    </div>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useTranslation("activity");
  const what = isFiltered ? "nothing" : "empty";
  return (
    <Card>
      <EmptyState icon="activity" title={t(`${what}.title`)}>
        <p>{t(`${what}.text`)}</p>
      </EmptyState>
    </Card>
  );
}

/** All that this node serves, and what events are of beside that. */
function usePlatforms(seen: readonly string[]): string[] {
  const { data } = useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => client.health({ signal }),
    staleTime: Infinity,
  });
  return [...new Set([...(data?.platforms ?? []), ...seen])].toSorted();
}

const LOOKS = {
  connecting: ["neutral", "refresh"],
  open: ["good", "activity"],
  waiting: ["wait", "alert"],
  paused: ["accent", "pause"],
  failed: ["bad", "alert"],
} as const satisfies Record<FeedState | "paused", readonly [Tone, IconName]>;

function Connection({ state }: { state: FeedState | "paused" }) {
  const { t } = useTranslation("activity");
  const [tone, icon] = LOOKS[state];
  return (
    <Pill tone={tone} icon={icon}>
      {t(`state.${state}`)}
    </Pill>
  );
}

import type { Session, SubmissionItem } from "@syngraph/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import type { IconName } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Pill, type Tone } from "../ui/Pill.tsx";
import { platformName } from "../ui/Platform.tsx";
import { Time } from "../ui/Time.tsx";
import { Waiting } from "../ui/Waiting.tsx";

const STATES: Readonly<Record<SubmissionItem["state"], readonly [Tone, IconName]>> = {
  accepted: ["wait", "clock"],
  sent: ["wait", "arrow"],
  included: ["good", "check"],
  refused: ["bad", "alert"],
};

const METHODS = ["append", "release", "confirm", "suspend", "reinstate", "call"] as const;

/** What the avatar that is signed in handed in, the latest first. */
export function Submissions({ session }: { session: Session }) {
  const { t } = useTranslation("me");
  const [page, setPage] = useState(1);
  const request = useQuery({
    queryKey: ["me", "submissions", session.token, page],
    queryFn: ({ signal }) => session.submissions(page, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={t("submissions.title")} flush>
      <div className={request.data ? undefined : "row-foot"}>
        <Waiting request={request} what={t("submissions.loading")} lines={4}>
          {({ pagination: { total, per, current, next }, submissions }) => (
            <>
              {submissions.length === 0 && <p className="row-foot soft">{t("submissions.empty")}</p>}
              <ul className="rows">
                {submissions.map((item) => (
                  <li key={`${item.uuid} ${item.link_id}`}>
                    <Item item={item} platform={item.platform === null ? null : platformName(item.platform)} />
                  </li>
                ))}
              </ul>
              {total > per && (
                <nav className="row-foot actions" aria-label={t("submissions.title")}>
                  <Button small disabled={current <= 1} onClick={() => setPage(current - 1)}>
                    {t("submissions.newer")}
                  </Button>
                  <span className="soft small-text">
                    {t("submissions.page", { page: current, pages: Math.ceil(total / per) })}
                  </span>
                  <Button small disabled={next === 0} onClick={() => setPage(next)}>
                    {t("submissions.older")}
                  </Button>
                </nav>
              )}
            </>
          )}
        </Waiting>
      </div>
    </Card>
  );
}

function Item({ item, platform }: { item: SubmissionItem; platform: string | null }) {
  const { t } = useTranslation("me");
  const [tone, icon] = STATES[item.state];
  const method = METHODS.find((one) => one === item.method);
  return (
    <div className="submission">
      <div>
        <p>
          <strong>{method ? t(`submissions.${method}`) : item.method}</strong>{" "}
          {item.identity !== null && (
            <>
              <bdi>{item.identity}</bdi> <span className="soft">· {platform}</span>
            </>
          )}
        </p>
        <p className="soft small-text cluster">
          <Time seconds={item.created_at} />
          {item.block !== null && <span>{t("submissions.block", { block: item.block, chain: item.chain_id })}</span>}
          {item.tx_hash !== null && <KeyText text={item.tx_hash} copy={t("submissions.transaction")} />}
        </p>
        {item.reason !== "" && (
          <p className="small-text" lang="en">
            <bdi>{item.reason}</bdi>
          </p>
        )}
      </div>
      <Pill tone={tone} icon={icon}>
        {t(`submissions.${item.state}`)}
      </Pill>
    </div>
  );
}

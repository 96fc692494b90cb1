import type { BindingEvent, LinkEvent, RegistryEvent, ReorgEvent } from "@syngraph/sdk/client";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { Icon, type IconName } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Pill } from "../ui/Pill.tsx";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";

const ICONS: Readonly<Record<RegistryEvent["type"], IconName>> = { link: "link", binding: "shield", reorg: "refresh" };

/** One event: what happened to which identity, by whom and when. */
export const EventRow = memo(function EventRow({
  event,
  isTakenBack,
  movedTo,
}: {
  event: RegistryEvent;
  isTakenBack: boolean;
  movedTo: number | null;
}) {
  const { t } = useTranslation("activity");
  const time = event.type === "reorg" ? null : event.block_time;
  return (
    <li className={isTakenBack ? "event taken-back" : "event"} data-event={event.id}>
      <span className={`event-icon ${event.type === "binding" && !event.is_valid ? "invalid" : event.type}`}>
        <Icon name={ICONS[event.type]} size={18} />
      </span>
      <div>
        <p className="event-what">
          <span className="unseen">{t(`type.${event.type}`)}: </span>
          <strong>
            <ShortIdentity of={event} />
          </strong>{" "}
          <What event={event} />
        </p>
        <p className="soft small-text event-where">
          <span>
            {t("event.by")}{" "}
            <Link href={`/avatar/${encodeURIComponent(event.avatar)}`}>
              <KeyText text={event.avatar} />
            </Link>
          </span>
          {event.type === "link" && event.sequence !== null && (
            <span>{t("event.place", { sequence: event.sequence })}</span>
          )}
          {event.type !== "reorg" && event.block !== null && (
            <span>{t("event.block", { block: movedTo ?? event.block })}</span>
          )}
          {time !== null && <Time seconds={time} />}
          {isTakenBack && (
            <Pill tone="bad" icon="refresh">
              {t("event.takenBack")}
            </Pill>
          )}
        </p>
      </div>
    </li>
  );
});

function What({ event }: { event: RegistryEvent }) {
  if (event.type === "link") return <LinkWords event={event} />;
  return event.type === "binding" ? <BindingWords event={event} /> : <ReorgWords event={event} />;
}

function LinkWords({ event }: { event: LinkEvent }) {
  const { t } = useTranslation("activity");
  return (
    <>
      {t(`event.${event.action}`)} {event.status !== "none" && <Status status={event.status} />}
    </>
  );
}

function BindingWords({ event: { status, is_valid, cause, attesters, reason } }: { event: BindingEvent }) {
  const { t } = useTranslation("activity");
  return (
    <>
      {t("event.binding")} <Status status={status} />{" "}
      {status === "confirmed" && !is_valid && (
        <Pill tone="bad" icon="alert">
          {t("invalid")}
        </Pill>
      )}{" "}
      <span className="soft">
        {cause === "attesters" ? t("cause.attesters", { count: attesters.length }) : t(`cause.${cause}`)}
      </span>
      {reason !== "" && <bdi className="event-reason">{reason}</bdi>}
    </>
  );
}

function ReorgWords({ event: { removed, moved, status } }: { event: ReorgEvent }) {
  const { t } = useTranslation("activity");
  return (
    <>
      {t("event.reorg")}. {removed.length > 0 && t("event.removed", { count: removed.length })}{" "}
      {moved.length > 0 && t("event.moved", { count: moved.length })}{" "}
      {status === "none" ? (
        t("event.gone")
      ) : (
        <>
          {t("event.stands")} <Status status={status} />
        </>
      )}
    </>
  );
}

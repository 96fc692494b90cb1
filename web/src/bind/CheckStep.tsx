import { type Binding, type Check, SyngraphError } from "@syngraph/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { describeFailure } from "../failure.ts";
import { Button, Spinner } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { waitAfter } from "./poll.ts";

/** How the last look ended, and what comes next. */
interface Looks {
  count: number;
  looking: boolean;
  /** Why nothing was found: a look's reason, or what kept the node from looking. */
  last: { reason: string } | { error: unknown } | null;
  /** When is looked again, milliseconds since the epoch; null where nobody looks by themselves. */
  next: number | null;
}

/** Has the attesters look for the proof, again and again with growing pauses, until it is seen or nobody waits for it. */
export function CheckStep({
  binding,
  onSeen,
  onEdit,
}: {
  binding: Binding;
  onSeen: (check: Check) => void;
  onEdit: () => void;
}) {
  const { t } = useTranslation("bind");
  const [looks, setLooks] = useState<Looks>({ count: 0, looking: true, last: null, next: null });
  const going = useRef<AbortController>(null);

  const look = useCallback(async () => {
    going.current?.abort();
    const abort = new AbortController();
    going.current = abort;
    setLooks((before) => ({ ...before, looking: true, next: null }));
    let last: NonNullable<Looks["last"]>;
    try {
      const check = await binding.check({ signal: abort.signal });
      if (abort.signal.aborted) return;
      if (check.found) {
        onSeen(check);
        return;
      }
      last = { reason: check.reason };
    } catch (error) {
      if (abort.signal.aborted) return;
      last = { error };
    }
    setLooks(({ count: before }) => {
      const count = before + 1;
      const wait = waitAfter(count, "error" in last && isBusy(last.error));
      return { count, looking: false, last, next: wait === null ? null : Date.now() + wait * 1000 };
    });
  }, [binding, onSeen]);

  useEffect(() => {
    void look();
    return () => going.current?.abort();
  }, [look]);

  const seconds = useCountdown(looks.next, look);
  return (
    <div className="stack">
      <div role="status">
        {looks.last === null ? (
          <p className="with-icon">
            <Spinner /> {t("check.looking")}
          </p>
        ) : (
          <Finding last={looks.last} />
        )}
      </div>
      {looks.last !== null && (
        <p className="soft">
          {looks.looking && t("check.looking")}
          {!looks.looking && looks.next === null && t("check.stopped", { count: looks.count })}
          {!looks.looking &&
            looks.next !== null &&
            (seconds === null ? t("check.paused") : t("check.next", { seconds }))}
        </p>
      )}
      <div className="actions">
        <Button look="quiet" icon="back" onClick={onEdit}>
          {t(binding.publishing!.location.needed ? "check.change" : "check.show")}
        </Button>
        <Button icon="refresh" busy={looks.looking} onClick={() => void look()}>
          {t("check.now")}
        </Button>
      </div>
    </div>
  );
}

/** Why nothing was found, in plain words first and then in the node's. */
function Finding({ last }: { last: NonNullable<Looks["last"]> }) {
  const { t } = useTranslation(["bind", "errors"]);
  if ("reason" in last) {
    return (
      <Notice tone="wait" title={t("check.notYet")}>
        <p className="soft">{t("check.said")}</p>
        <p lang="en">
          <bdi>{last.reason}</bdi>
        </p>
      </Notice>
    );
  }
  const { code, detail } = describeFailure(last.error);
  // 502: it is the platform that did not answer the node.
  const isPlatform = last.error instanceof SyngraphError && last.error.status === 502;
  return (
    <Notice tone={isPlatform ? "wait" : "bad"} title={isPlatform ? t("check.unavailable") : t(`errors:${code}`)}>
      {detail !== "" && (
        <p lang="en">
          <bdi>{detail}</bdi>
        </p>
      )}
    </Notice>
  );
}

function isBusy(error: unknown): boolean {
  return error instanceof SyngraphError && error.code === "rate_limited";
}

/** Seconds until `at`, when `act` is called; null while this tab is not looked at, in which time nothing happens. */
function useCountdown(at: number | null, act: () => void): number | null {
  const [now, setNow] = useState(() => Date.now());
  const [hidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const onChange = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, []);
  useEffect(() => {
    if (at === null || hidden) return undefined;
    const tick = () => {
      setNow(Date.now());
      if (Date.now() >= at) act();
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [act, at, hidden]);
  return at === null || hidden ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

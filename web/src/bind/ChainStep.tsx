import { type Binding, type Check, type PendingStep, type PlatformInfo, SyngraphError } from "@syngraph/sdk";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSyngraph } from "../app/hooks.ts";
import { tabStore } from "../app/storage.ts";
import { Button, LinkButton, Spinner } from "../ui/Button.tsx";
import { ChoiceField } from "../ui/Field.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Loading } from "../ui/Waiting.tsx";
import { removeDraft } from "./drafts.ts";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";

/** What talks to chains is much to load, and most readers let the node send. */
const DirectMode = lazy(async () => ({ default: (await import("./DirectMode.tsx")).DirectMode }));

/** For so many milliseconds the chain may take its time, before the node is asked how it is; and how often it is asked. */
const MOMENT = 2_000;
const ASK_AGAIN = 10_000;

/** After so many milliseconds without news the page says that it takes longer than usual. */
const SLOW = 20_000;

/** Brings the link on chain: by the node, which pays for it, or from the reader's own wallet. */
export function ChainStep({
  platform,
  binding,
  seen,
}: {
  platform: Pick<PlatformInfo, "id">;
  binding: Binding;
  seen: Check | null;
}) {
  const { t } = useTranslation("bind");
  const [via, setVia] = useState<"node" | "wallet">("node");
  const { step } = binding;
  if (step.name === "refused") return <Refused platform={platform} binding={binding} reason={step.reason} />;
  if (step.name === "pending") return <Pending binding={binding} step={step} />;
  return (
    <div className="stack">
      {seen && (
        <Notice tone="good" live="status" title={t("check.seen")}>
          {seen.quorum !== null && seen.quorum > 0 && (
            <p>{t("check.seenBy", { count: seen.attestations, quorum: seen.quorum })}</p>
          )}
        </Notice>
      )}
      <div className="ways">
        <ChoiceField
          label={t("chain.how")}
          value={via}
          onChange={setVia}
          choices={[
            { value: "node", label: <Way name={t("chain.viaNode")} what={t("chain.viaNodeWhat")} /> },
            { value: "wallet", label: <Way name={t("chain.viaWallet")} what={t("chain.viaWalletWhat")} /> },
          ]}
        />
      </div>
      {via === "node" ? (
        <ByNode platform={platform} binding={binding} />
      ) : (
        <Suspense fallback={<Loading lines={2} />}>
          <DirectMode binding={binding} />
        </Suspense>
      )}
    </div>
  );
}

function Way({ name, what }: { name: string; what: string }) {
  return (
    <>
      <strong>{name}</strong>
      <span className="soft">{what}</span>
    </>
  );
}

function ByNode({ platform, binding }: { platform: Pick<PlatformInfo, "id">; binding: Binding }) {
  const { t } = useTranslation("bind");
  const task = useTask();
  const { run } = task;
  const underWay = `syngraph.submitting.${binding.link.uuid}`;

  const submit = useCallback(
    () =>
      run(async (signal) => {
        tabStore.setItem(underWay, "1");
        try {
          await binding.submit({ signal });
        } catch (error) {
          if (!(error instanceof SyngraphError && (error.retryable || error.code === "aborted"))) {
            tabStore.removeItem(underWay);
          }
          throw error;
        }
        tabStore.removeItem(underWay);
      }),
    [binding, run, underWay],
  );
  useEffect(() => {
    // The page was loaded anew before the node's answer came. What it took once, it does not take again.
    if (tabStore.getItem(underWay) !== null) void submit();
  }, [submit, underWay]);
  const isDown = useChainDown(task.busy);
  const isOutdated = task.error instanceof SyngraphError && task.error.code === "outdated";
  return (
    <>
      <div className="actions">
        <Button look="primary" icon="link" busy={task.busy} onClick={() => void submit()}>
          {t(task.busy ? "chain.sending" : "chain.button")}
        </Button>
      </div>
      <div role="status">{isDown && <ChainDown />}</div>
      {isOutdated ? <Outdated platform={platform} binding={binding} /> : <Trouble error={task.error} />}
    </>
  );
}

/** It is handed in: tells how far it is until it is on chain. */
function Pending({ binding, step }: { binding: Binding; step: PendingStep }) {
  const { t } = useTranslation("bind");
  const [slow, setSlow] = useState(false);
  const task = useTask();
  const isDown = useChainDown(true);
  const { run } = task;
  useEffect(() => {
    void run(async (signal) => void (await binding.wait({ signal })));
  }, [binding, run]);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="stack">
      <div role="status" className="stack">
        {step.state === "claimed" ? (
          <Notice tone="wait">
            <p>{t("chain.claimed", { count: step.attestations ?? 0, quorum: step.quorum ?? "?" })}</p>
          </Notice>
        ) : (
          <p className="with-icon">
            <Spinner /> {t(`chain.${step.state}`)}
          </p>
        )}
        {isDown ? <ChainDown /> : slow && <p className="soft">{t("chain.slow")}</p>}
      </div>
      {step.txHash !== undefined && (
        <p>
          {t("done.transaction")} <KeyText text={step.txHash} copy={t("done.transaction")} />
        </p>
      )}
      <Trouble
        error={task.error}
        actions={
          <Button icon="refresh" onClick={() => void run(async (signal) => void (await binding.wait({ signal })))}>
            {t("retry", { ns: "common" })}
          </Button>
        }
      />
    </div>
  );
}

function ChainDown() {
  const { t } = useTranslation("bind");
  return (
    <Notice tone="wait">
      <p>{t("chain.chainDown")}</p>
    </Notice>
  );
}

/**
 * Whether the node cannot reach the chain; asked for where it is waited for longer than a moment.
 *
 * @param waiting whether it is waited for.
 */
function useChainDown(waiting: boolean): boolean {
  const syngraph = useSyngraph();
  const [waits, setWaits] = useState(false);
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => setWaits(true), MOMENT);
    return () => {
      clearTimeout(timer);
      setWaits(false);
    };
  }, [waiting]);
  const { data } = useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => syngraph.status({ signal }),
    enabled: waits,
    refetchInterval: ASK_AGAIN,
  });
  return waits && data?.chain.state === "down";
}

function Refused({
  platform,
  binding,
  reason,
}: {
  platform: Pick<PlatformInfo, "id">;
  binding: Binding;
  reason: string;
}) {
  const { t } = useTranslation("bind");
  return (
    <Notice
      tone="bad"
      live="alert"
      title={t("chain.refused")}
      actions={<Again platform={platform} binding={binding} />}
    >
      <p lang="en">
        <bdi>{reason}</bdi>
      </p>
    </Notice>
  );
}

/** The avatar has signed something else since: nothing is wrong with the proof but its place. */
function Outdated({ platform, binding }: { platform: Pick<PlatformInfo, "id">; binding: Binding }) {
  const { t } = useTranslation("bind");
  return (
    <Notice tone="wait" live="alert" actions={<Again platform={platform} binding={binding} />}>
      <p>{t("chain.againWhy")}</p>
    </Notice>
  );
}

/** Begins anew with the same identity. */
function Again({ platform, binding: { link } }: { platform: Pick<PlatformInfo, "id">; binding: Binding }) {
  const { t } = useTranslation("bind");
  if (link.action === "delete") return <LinkButton href="/me">{t("done.mine")}</LinkButton>;
  const href = `/me/bind/${encodeURIComponent(platform.id)}?identity=${encodeURIComponent(link.identity)}`;
  return (
    // The draft goes with the click, not before: a page that is loaded anew still says what became of it.
    <span onClickCapture={() => removeDraft(link.uuid)}>
      <LinkButton look="primary" href={href}>
        {t("chain.again")}
      </LinkButton>
    </span>
  );
}

import type { Binding, ProofReply } from "@syngraph/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useSyngraph } from "../app/hooks.ts";
import { AvatarGate } from "../bind/AvatarGate.tsx";
import { draftOf, saveDraft } from "../bind/drafts.ts";
import { isolated } from "../bind/isolated.ts";
import { Trouble } from "../bind/Trouble.tsx";
import { draftHref } from "../bind/Unfinished.tsx";
import { useTask } from "../bind/useTask.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Notice } from "../ui/Notice.tsx";
import { notify } from "../ui/Toasts.tsx";

/** Asks before a binding is taken back, and tells what becomes of it. */
export function RevokeDialog({
  binding,
  platform,
  onClose,
}: {
  binding: ProofReply | null;
  platform: string;
  onClose: () => void;
}) {
  const { t } = useTranslation("me");
  const identity = binding ? isolated(binding.identity) : "";
  return (
    <Dialog open={binding !== null} onClose={onClose} title={t("revoke.title", { identity })}>
      {binding && (
        <>
          <p>{t("revoke.text", { identity, platform })}</p>
          <p className="soft">{t("revoke.permanent")}</p>
          <AvatarGate>{(avatar) => <Confirm avatar={avatar} binding={binding} onClose={onClose} />}</AvatarGate>
        </>
      )}
    </Dialog>
  );
}

function save(revocation: Binding): void {
  saveDraft(draftOf(revocation));
}

function Confirm({
  avatar,
  binding: { platform, identity },
  onClose,
}: {
  avatar: Parameters<ReturnType<typeof useSyngraph>["revoke"]>[0];
  binding: ProofReply;
  onClose: () => void;
}) {
  const { t } = useTranslation(["me", "common"]);
  const syngraph = useSyngraph();
  const queries = useQueryClient();
  const task = useTask();
  const [revocation, setRevocation] = useState<Binding | null>(null);
  const [refused, setRefused] = useState<string | null>(null);

  function revoke() {
    return task.run(async (signal) => {
      const made = revocation ?? (await syngraph.revoke(avatar, { platform, identity }, { signal, onChange: save }));
      save(made);
      setRevocation(made);
      await made.submit({ signal });
      const end = await made.wait({ signal });
      if (end.name === "refused") {
        setRefused(end.reason);
        return;
      }
      notify(t("revoke.done", { identity: isolated(identity) }));
      onClose();
      await queries.invalidateQueries();
    });
  }

  if (refused !== null) {
    return (
      <Notice tone="bad" live="alert" title={t("revoke.failed")}>
        <p lang="en" className="detail">
          {refused}
        </p>
      </Notice>
    );
  }
  return (
    <>
      <div role="status">
        {task.busy && (
          <p className="soft">{t(revocation?.step.name === "pending" ? "revoke.stored" : "revoke.running")}</p>
        )}
      </div>
      <Trouble error={task.error} />
      {task.error !== null && revocation !== null && <p className="soft">{t("revoke.later")}</p>}
      <footer className="actions">
        {revocation !== null && !task.busy && (
          <LinkButton href={draftHref(revocation.link)}>{t("revoke.direct")}</LinkButton>
        )}
        <Button onClick={onClose}>{t("common:cancel")}</Button>
        <Button look="danger" icon="unlink" busy={task.busy} onClick={() => void revoke()}>
          {t("revoke.confirm")}
        </Button>
      </footer>
    </>
  );
}

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button, LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Checkbox } from "../ui/Field.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Progress } from "../ui/Progress.tsx";
import { notify } from "../ui/Toasts.tsx";
import { Failure } from "../ui/Waiting.tsx";
import { downloadText } from "./download.ts";
import { useNewPassword } from "./NewPassword.tsx";
import { passkeyObstacle } from "./passkeys.ts";
import { useKeyring } from "./useKeyring.ts";

/** The avatar's public names, and whether this tab can sign. */
export function KeyCard() {
  const { t } = useTranslation(["keyring", "common"]);
  const { state, publicKey, avatar, lock } = useKeyring();
  if (publicKey === null) return null;
  return (
    <Card
      title={t("key.title")}
      actions={
        state === "unlocked" ? (
          <Button icon="lock" onClick={lock}>
            {t("key.lock")}
          </Button>
        ) : null
      }
    >
      <Facts
        of={[
          [
            t("key.state"),
            <Pill
              key="state"
              tone={state === "unlocked" ? "good" : "neutral"}
              icon={state === "unlocked" ? "unlock" : "lock"}
            >
              {t(state === "unlocked" ? "key.unlocked" : "key.locked")}
            </Pill>,
          ],
          [t("key.publicKey"), <KeyText key="key" text={publicKey} wide copy={t("common:publicKey")} />],
          avatar && [
            t("key.address"),
            <KeyText key="address" text={avatar.address} wide copy={t("key.addressCopy")} />,
          ],
        ]}
      />
      <div className="actions card-foot">
        <LinkButton href="/me/bind" look="primary" icon="plus">
          {t("key.bind")}
        </LinkButton>
        <LinkButton href={`/avatar/${publicKey}`} icon="user">
          {t("key.profile")}
        </LinkButton>
      </div>
    </Card>
  );
}

/** Downloads the encrypted key, and shows the plain one to who insists. */
export function BackupCard() {
  const { t } = useTranslation("keyring");
  const { publicKey, avatar, hasBackup, exportKeystore } = useKeyring();
  const [shown, setShown] = useState(false);

  function download() {
    downloadText(`syngraph-${publicKey?.slice(0, 12)}.json`, exportKeystore());
    notify(t("backup.done"));
  }

  return (
    <Card title={t("backup.title")} lead={t("backup.lead")}>
      <div className="stack tight">
        {!hasBackup && (
          <Notice tone="wait" icon="alert" title={t("backup.missing")}>
            <p className="detail">{t("backup.missingText")}</p>
          </Notice>
        )}
        <div className="actions">
          <Button icon="download" {...(!hasBackup && { look: "primary" as const })} onClick={download}>
            {t("backup.download")}
          </Button>
          {avatar && (
            <Button icon="eye" onClick={() => setShown(true)}>
              {t("backup.show")}
            </Button>
          )}
        </div>
      </div>
      <Dialog open={shown} onClose={() => setShown(false)} title={t("backup.show")}>
        <Notice tone="bad" title={t("backup.warning")}>
          <p className="detail">{t("backup.warningText")}</p>
        </Notice>
        {avatar && <PrivateKey text={avatar.exportKey()} />}
      </Dialog>
    </Card>
  );
}

function PrivateKey({ text }: { text: string }) {
  const { t } = useTranslation("keyring");
  const [shown, setShown] = useState(false);
  if (!shown) {
    return (
      <div className="actions">
        <Button look="danger" icon="eye" onClick={() => setShown(true)}>
          {t("backup.reveal")}
        </Button>
      </div>
    );
  }
  return (
    <div className="signed-text">
      <pre>{text}</pre>
      <CopyButton text={text} of={t("backup.privateKey")} labelled />
    </div>
  );
}

/** A passkey that unlocks the avatar, too. */
export function PasskeyCard() {
  const { t } = useTranslation("keyring");
  const { state, hasPasskey, addPasskey, removePasskey } = useKeyring();
  const add = useMutation({ mutationFn: addPasskey, onSuccess: () => notify(t("passkey.added")) });
  const remove = useMutation({ mutationFn: removePasskey, onSuccess: () => notify(t("passkey.removed")) });
  const obstacle = passkeyObstacle();
  const error = add.error ?? remove.error;
  return (
    <Card title={t("passkey.title")} lead={t("passkey.lead")}>
      <div className="stack tight">
        {hasPasskey && (
          <p>
            <Pill tone="good" icon="check">
              {t("passkey.present")}
            </Pill>
          </p>
        )}
        {obstacle !== null && !hasPasskey && <p className="soft">{t(`passkey.obstacle.${obstacle}`)}</p>}
        {error !== null && <Failure error={error} />}
        {state === "unlocked" ? (
          <div className="actions">
            {hasPasskey ? (
              <Button icon="trash" busy={remove.isPending} onClick={() => remove.mutate()}>
                {t("passkey.remove")}
              </Button>
            ) : (
              <Button icon="passkey" busy={add.isPending} disabled={obstacle !== null} onClick={() => add.mutate()}>
                {t("passkey.add")}
              </Button>
            )}
          </div>
        ) : (
          <p className="soft">{t("needsUnlock")}</p>
        )}
      </div>
    </Card>
  );
}

/** Another password for the keystore. */
export function PasswordCard() {
  const { t } = useTranslation("keyring");
  const { changePassword } = useKeyring();
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(0);
  const { take, fields } = useNewPassword();
  const change = useMutation({
    mutationFn: (password: string) => changePassword(password, setDone),
    onSuccess: () => {
      setOpen(false);
      notify(t("password.changed"));
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const password = take();
    if (password === null || change.isPending) return;
    setDone(0);
    change.mutate(password);
  }

  return (
    <Card title={t("password.title")} lead={t("password.lead")}>
      <div className="actions">
        <Button icon="pen" onClick={() => setOpen(true)}>
          {t("password.change")}
        </Button>
      </div>
      <Dialog open={open} onClose={() => setOpen(false)} title={t("password.change")}>
        <form className="form" onSubmit={onSubmit} noValidate>
          {fields}
          {change.isPending && <Progress label={t("encrypting")} value={done} />}
          {change.error !== null && <Failure error={change.error} />}
          <div className="actions">
            <Button type="submit" look="primary" busy={change.isPending}>
              {t("password.change")}
            </Button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}

/** Forgets the key in this browser. */
export function RemoveCard() {
  const { t } = useTranslation(["keyring", "common"]);
  const { hasBackup, remove } = useKeyring();
  const [open, setOpen] = useState(false);
  const [sure, setSure] = useState(false);
  return (
    <Card title={t("remove.title")} lead={t("remove.lead")}>
      <div className="actions">
        <Button look="danger" icon="trash" onClick={() => setOpen(true)}>
          {t("remove.open")}
        </Button>
      </div>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("remove.question")}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>{t("common:cancel")}</Button>
            <Button look="danger" icon="trash" disabled={!sure} onClick={remove}>
              {t("remove.submit")}
            </Button>
          </>
        }
      >
        <p>{t("remove.text")}</p>
        {!hasBackup && <Notice tone="bad" title={t("backup.missing")} />}
        <Checkbox label={t("remove.sure")} checked={sure} onChange={(event) => setSure(event.target.checked)} />
      </Dialog>
    </Card>
  );
}

import type { Avatar, SubkeyRecord } from "@syngraph/sdk";
import { assertIdentity } from "@syngraph/sdk/protocol";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSyngraph } from "../app/hooks.ts";
import { AvatarGate } from "../bind/AvatarGate.tsx";
import "../bind/bind.css";
import { isolated } from "../bind/isolated.ts";
import { Trouble } from "../bind/Trouble.tsx";
import { useTask } from "../bind/useTask.ts";
import { passkeyObstacle } from "../keyring/passkeys.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { SelectField, TextField } from "../ui/Field.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Time } from "../ui/Time.tsx";
import { notify } from "../ui/Toasts.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import "./me.css";
import { createPasskeySubkey } from "./passkeySubkey.ts";

/** A change of a subkey that is on its way. */
interface Awaited {
  subkeyId: string;
  isValid: boolean;
}

/** How often is looked for it, in milliseconds. */
const LOOK_AGAIN = 1500;

function isThere({ subkeyId, isValid }: Awaited, subkeys: readonly SubkeyRecord[] | undefined): boolean {
  return subkeys?.some((subkey) => subkey.subkey_id === subkeyId && subkey.is_valid === isValid) ?? false;
}

/** Keys that act for the avatar: those there are, a new one, and the end of one. */
export function Subkeys({ publicKey }: { publicKey: string }) {
  const { t } = useTranslation(["me", "keyring"]);
  const syngraph = useSyngraph();
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<SubkeyRecord | null>(null);
  /** What the node took and the chain has yet to take: looked for until it is there. */
  const [awaited, setAwaited] = useState<Awaited | null>(null);
  const request = useQuery({
    queryKey: ["me", "subkeys", publicKey],
    queryFn: ({ signal }) => syngraph.subkeys(publicKey, { signal, ended: true }),
    refetchInterval: ({ state: { data } }) => (awaited === null || isThere(awaited, data) ? false : LOOK_AGAIN),
  });
  const obstacle = passkeyObstacle();
  const add =
    obstacle === null ? (
      <Button icon="passkey" onClick={() => setAdding(true)}>
        {t("subkeys.add")}
      </Button>
    ) : (
      <p className="soft small-text">{t(`keyring:passkey.obstacle.${obstacle}`)}</p>
    );
  return (
    <Card title={t("subkeys.title")} lead={t("subkeys.lead")} actions={add} flush>
      <Waiting request={request} what={t("subkeys.loading")}>
        {(subkeys) => {
          const valid = subkeys.filter((subkey) => subkey.is_valid);
          const ended = subkeys.filter((subkey) => !subkey.is_valid);
          return (
            <>
              {valid.length === 0 ? (
                <EmptyState icon="passkey" title={t("subkeys.empty")}>
                  <p>{t("subkeys.emptyText")}</p>
                </EmptyState>
              ) : (
                <Rows subkeys={valid} onEnd={setEnding} />
              )}
              {ended.length > 0 && (
                <details className="more in-card">
                  <summary>{t("subkeys.ended", { count: ended.length })}</summary>
                  <Rows subkeys={ended} />
                </details>
              )}
            </>
          );
        }}
      </Waiting>
      <Dialog open={adding} onClose={() => setAdding(false)} title={t("subkeys.add")}>
        <AvatarGate publicKey={publicKey}>
          {(avatar) => (
            <Authorise
              avatar={avatar}
              onDone={(change) => {
                setAdding(false);
                if (change) setAwaited(change);
              }}
            />
          )}
        </AvatarGate>
      </Dialog>
      <Dialog
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={ending ? t("subkeys.revokeTitle", { name: nameOf(ending, t("subkeys.unnamed")) }) : ""}
      >
        {ending && (
          <AvatarGate publicKey={publicKey}>
            {(avatar) => (
              <Revoke
                avatar={avatar}
                subkey={ending}
                onDone={(change) => {
                  setEnding(null);
                  if (change) setAwaited(change);
                }}
              />
            )}
          </AvatarGate>
        )}
      </Dialog>
    </Card>
  );
}

function Rows({ subkeys, onEnd }: { subkeys: readonly SubkeyRecord[]; onEnd?: (subkey: SubkeyRecord) => void }) {
  const { t } = useTranslation("me");
  return (
    <ul className="rows">
      {subkeys.map((subkey) => (
        <li key={subkey.subkey_id}>
          <div className="submission">
            <div>
              <p>
                <strong>
                  <bdi>{subkey.name || t("subkeys.unnamed")}</bdi>
                </strong>{" "}
                <Pill tone={subkey.is_valid ? "good" : "neutral"} icon={subkey.is_valid ? "check" : "minus"}>
                  {t(subkey.is_valid ? "subkeys.valid" : "subkeys.invalid")}
                </Pill>
              </p>
              <p className="soft small-text cluster">
                <span>
                  {t("subkeys.for")} <bdi>{subkey.rp_id}</bdi>
                </span>
                <span>{t(`subkeys.${subkey.algorithm}`)}</span>
                <span>{t(subkey.on_chain ? "subkeys.onChain" : "subkeys.onNode")}</span>
                <span>
                  {t("subkeys.expires")}{" "}
                  {subkey.expires_at === 0 ? t("subkeys.never") : <Time seconds={subkey.expires_at} />}
                </span>
              </p>
              <p className="small-text">
                <KeyText text={subkey.public_key} />
              </p>
            </div>
            {onEnd && (
              <Button
                small
                look="quiet"
                icon="trash"
                aria-label={t("subkeys.revokeOf", { name: nameOf(subkey, t("subkeys.unnamed")) })}
                onClick={() => onEnd(subkey)}
              >
                {t("subkeys.revoke")}
              </Button>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function nameOf({ name }: SubkeyRecord, unnamed: string): string {
  return name === "" ? unnamed : isolated(name);
}

/** What is wrong with a name, by the rule that the contract has for texts. */
function slipOf(name: string): "nameMissing" | "nameInvalid" | null {
  if (name === "") return "nameMissing";
  try {
    assertIdentity(name, "name");
    return null;
  } catch {
    return "nameInvalid";
  }
}

/** Days after which a subkey may end; 0 for never. */
const EXPIRIES = [0, 30, 365] as const;
const DAY = 24 * 60 * 60 * 1000;

function Authorise({ avatar, onDone }: { avatar: Avatar; onDone: (change?: Awaited) => void }) {
  const { t } = useTranslation(["me", "common"]);
  const syngraph = useSyngraph();
  const queries = useQueryClient();
  const task = useTask();
  const [name, setName] = useState("");
  const [days, setDays] = useState<number>(0);
  const [slip, setSlip] = useState<"nameMissing" | "nameInvalid" | null>(null);

  function submit(event: FormEvent) {
    event.preventDefault();
    // Before a passkey is made that nobody could authorise.
    const found = slipOf(name.trim());
    setSlip(found);
    if (found !== null) return;
    void task.run(async (signal) => {
      const signer = await createPasskeySubkey(name.trim());
      const expiresAt = days === 0 ? {} : { expiresAt: new Date(Date.now() + days * DAY) };
      const options = { signal, name: name.trim(), ...expiresAt };
      const { included, subkeyId } = await syngraph.authorizeSubkey(avatar, signer, options);
      notify(t(included ? "subkeys.added" : "subkeys.pending"));
      onDone({ subkeyId, isValid: true });
      await queries.invalidateQueries({ queryKey: ["me", "subkeys"] });
    });
  }

  return (
    <form className="form" onSubmit={submit} noValidate>
      <p className="soft">{t("subkeys.site", { host: window.location.hostname })}</p>
      <TextField
        label={t("subkeys.name")}
        hint={t("subkeys.nameHint")}
        placeholder={t("subkeys.nameExample")}
        maxLength={64}
        error={slip === null ? undefined : t(`subkeys.${slip}`)}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <SelectField label={t("subkeys.expiry")} value={days} onChange={(event) => setDays(Number(event.target.value))}>
        {EXPIRIES.map((count) => (
          <option key={count} value={count}>
            {t(`subkeys.expiry${count}`)}
          </option>
        ))}
      </SelectField>
      <div role="status">{task.busy && <p className="soft">{t("subkeys.running")}</p>}</div>
      <Trouble error={task.error} />
      <footer className="actions">
        <Button onClick={() => onDone()}>{t("common:cancel")}</Button>
        <Button type="submit" look="primary" icon="passkey" busy={task.busy}>
          {t("subkeys.confirm")}
        </Button>
      </footer>
    </form>
  );
}

function Revoke({
  avatar,
  subkey,
  onDone,
}: {
  avatar: Avatar;
  subkey: SubkeyRecord;
  onDone: (change?: Awaited) => void;
}) {
  const { t } = useTranslation(["me", "common"]);
  const syngraph = useSyngraph();
  const queries = useQueryClient();
  const task = useTask();

  function revoke() {
    return task.run(async (signal) => {
      const { algorithm, public_key: publicKey, rp_id: rpId } = subkey;
      const { included, subkeyId } = await syngraph.revokeSubkey(avatar, { algorithm, publicKey, rpId }, { signal });
      notify(included ? t("subkeys.revoked", { name: nameOf(subkey, t("subkeys.unnamed")) }) : t("subkeys.pending"));
      onDone({ subkeyId, isValid: false });
      await queries.invalidateQueries({ queryKey: ["me", "subkeys"] });
    });
  }

  return (
    <>
      <p>{t("subkeys.revokeText")}</p>
      <Trouble error={task.error} />
      <footer className="actions">
        <Button onClick={() => onDone()}>{t("common:cancel")}</Button>
        <Button look="danger" icon="trash" busy={task.busy} onClick={() => void revoke()}>
          {t("subkeys.revokeConfirm")}
        </Button>
      </footer>
    </>
  );
}

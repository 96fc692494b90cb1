import type { TextSigner } from "@syngraph/sdk";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { ChoiceField, PasswordField, TextArea, TextField } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Progress } from "../ui/Progress.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { Failure } from "../ui/Waiting.tsx";
import { useWallets } from "../wallet/useWallets.ts";
import { WalletPicker } from "../wallet/WalletPicker.tsx";
import { useNewPassword } from "./NewPassword.tsx";
import { SHORTEST_PASSWORD } from "./password.ts";
import { useKeyring } from "./useKeyring.ts";

/** Makes the avatar, and says how far it is. */
type Make = (onProgress: (done: number) => void) => Promise<void>;

/** How this browser comes by its avatar: a new one, one that its owner has already, or one that a wallet makes. */
export function Setup() {
  const { t } = useTranslation("keyring");
  return (
    <Card title={t("setup.title")} lead={t("setup.lead")}>
      <Tabs
        label={t("setup.ways")}
        tabs={[
          { id: "create", label: t("create.tab"), content: <Create /> },
          { id: "import", label: t("import.tab"), content: <Import /> },
          { id: "wallet", label: t("fromWallet.tab"), content: <FromWallet /> },
        ]}
      />
    </Card>
  );
}

function Create() {
  const { t } = useTranslation("keyring");
  const { create } = useKeyring();
  const { take, fields } = useNewPassword();
  return (
    <MakeForm
      submit={t("create.submit")}
      make={() => {
        const password = take();
        return password === null ? null : (onProgress) => create(password, onProgress);
      }}
    >
      <p className="soft">{t("create.text")}</p>
      {fields}
    </MakeForm>
  );
}

function Import() {
  const { t } = useTranslation("keyring");
  const [kind, setKind] = useState<"keystore" | "key">("keystore");
  return (
    <div className="stack tight">
      <ChoiceField
        label={t("import.kind")}
        choices={[
          { value: "keystore", label: t("import.keystore") },
          { value: "key", label: t("import.key") },
        ]}
        value={kind}
        onChange={setKind}
      />
      {kind === "keystore" ? <ImportKeystore /> : <ImportKey />}
    </div>
  );
}

function ImportKeystore() {
  const { t } = useTranslation("keyring");
  const { importKeystore } = useKeyring();
  const [json, setJson] = useState("");
  const [password, setPassword] = useState("");
  const [isAsked, setAsked] = useState(false);
  const { take, fields } = useNewPassword();
  const isShort = password.length < SHORTEST_PASSWORD;

  function make(): Make | null {
    // A short password that was good enough elsewhere is not here, where copies of what is stored can be guessed at.
    setAsked(isShort);
    if (isShort && !isAsked) return null;
    const kept = isShort ? take() : password;
    return kept === null ? null : (onProgress) => importKeystore(json, password, kept, onProgress);
  }

  return (
    <MakeForm submit={t("import.submit")} make={make} disabled={json.trim() === ""}>
      <TextField
        label={t("import.file")}
        type="file"
        accept="application/json,.json"
        onChange={(event) => void event.target.files?.[0]?.text().then(setJson)}
      />
      <TextArea label={t("import.paste")} value={json} onChange={(event) => setJson(event.target.value)} />
      <PasswordField
        label={t("import.password")}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {isAsked && isShort && (
        <>
          <Notice tone="wait" icon="alert" live="status" title={t("import.short")} />
          {fields}
        </>
      )}
    </MakeForm>
  );
}

function ImportKey() {
  const { t } = useTranslation("keyring");
  const { importKey } = useKeyring();
  const [key, setKey] = useState("");
  const { take, fields } = useNewPassword();
  return (
    <MakeForm
      submit={t("import.submit")}
      make={() => {
        const password = take();
        return password === null ? null : (onProgress) => importKey(key, password, onProgress);
      }}
      disabled={key.trim() === ""}
    >
      <PasswordField
        label={t("import.privateKey")}
        hint={t("import.privateKeyHint")}
        // Password managers must not take the key for the password.
        autoComplete="off"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      {fields}
    </MakeForm>
  );
}

function FromWallet() {
  const { t } = useTranslation("keyring");
  const { fromWallet } = useKeyring();
  const { connected, signText } = useWallets();
  const { take, fields } = useNewPassword();
  return (
    <MakeForm
      submit={t("fromWallet.submit")}
      make={() => {
        const password = take();
        if (password === null || connected === null) return null;
        const signer: TextSigner = { address: connected.address, signText };
        return (onProgress) => fromWallet(signer, password, onProgress);
      }}
      disabled={connected === null}
    >
      <Notice tone="wait" icon="alert" title={t("fromWallet.warning")}>
        <p className="detail">{t("fromWallet.text")}</p>
      </Notice>
      <WalletPicker />
      {connected !== null && fields}
    </MakeForm>
  );
}

/**
 * A form that makes the avatar, with its progress and what went wrong.
 *
 * @param make gives what to do, or null where a field is not filled in well.
 */
function MakeForm({
  submit,
  make,
  disabled = false,
  children,
}: {
  submit: string;
  make: () => Make | null;
  disabled?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation("keyring");
  const [done, setDone] = useState(0);
  const action = useMutation({ mutationFn: (run: Make) => run(setDone) });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (action.isPending) return;
    const run = make();
    if (run === null) return;
    setDone(0);
    action.mutate(run);
  }

  return (
    <form className="form" onSubmit={onSubmit} noValidate>
      {children}
      {action.isPending && <Progress label={t("encrypting")} value={done} />}
      {action.error !== null && <Failure error={action.error} />}
      <div className="actions">
        <Button type="submit" look="primary" busy={action.isPending} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

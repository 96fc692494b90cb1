import { Avatar, type Binding, type CosignStep as Step, SyngraphError } from "@syngraph/sdk";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Field, PasswordField, TextArea } from "../ui/Field.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { useSolanaWallets } from "../wallet/solana.ts";
import { SignedText } from "./SignedText.tsx";
import { BySolanaWallet } from "./SolanaWallets.tsx";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";
import { WalletButtons } from "./WalletButtons.tsx";

/** Has the other side sign the same text: a wallet, or another avatar. */
export function CosignStep({ binding, step }: { binding: Binding; step: Step }) {
  const { t } = useTranslation("bind");
  return (
    <>
      <p>{t(step.by === "avatar" ? "sign.avatar" : "sign.wallet")}</p>
      <Facts of={[[t("sign.who"), <KeyText key="key" text={step.identity} wide />]]} />
      <SignedText text={step.text} />
      {step.by === "wallet" && <ByWallet binding={binding} step={step} />}
      {step.by === "solana" && <BySolanaWallet binding={binding} step={step} />}
      {step.by === "avatar" && <ByKeystore binding={binding} step={step} />}
      <ByPaste binding={binding} step={step} />
    </>
  );
}

function ByWallet({ binding, step }: { binding: Binding; step: Step }) {
  const { t } = useTranslation("bind");
  const { wallets, connected, connect, signText } = useWallets();
  const task = useTask();
  const [signature, setSignature] = useState<string | null>(null);
  if (wallets.length === 0 && !connected) return <p className="soft">{t("sign.noWallet")}</p>;

  const isIt = connected?.address.toLowerCase() === step.identity;
  const name = connected?.info.name ?? "";
  /** A contract's wallet signs as it likes: what is no signature of its address may be good on chain. */
  const mayBeContract =
    signature !== null && task.error instanceof SyngraphError && task.error.code === "wallet_signature";

  function sign() {
    return task.run(async () => {
      setSignature(null);
      const made = await signText(step.text);
      setSignature(made);
      binding.cosign(made);
    });
  }

  return (
    <div className="stack">
      {connected && !isIt && (
        <Notice tone="wait" live="status">
          <p>
            {t("sign.walletOther", { name })} <KeyText text={connected.address} />
          </p>
        </Notice>
      )}
      {isIt ? (
        <div className="actions">
          <Button look="primary" icon="wallet" busy={task.busy} onClick={() => void sign()}>
            <bdi>{t(task.busy ? "sign.walletWaiting" : "sign.walletButton", { name })}</bdi>
          </Button>
        </div>
      ) : (
        <WalletButtons
          words={(wallet) => t("sign.walletConnect", { name: wallet })}
          busy={task.busy}
          onChoose={(uuid) => void task.run(async () => void (await connect(uuid)))}
        />
      )}
      <Trouble
        error={task.error}
        actions={
          mayBeContract && (
            <Button onClick={() => void task.run(() => binding.cosign(signature, { contractWallet: true }))}>
              {t("sign.contractWallet")}
            </Button>
          )
        }
      />
    </div>
  );
}

/** The other avatar's keystore is opened here for this one signature, and kept nowhere. */
function ByKeystore({ binding, step }: { binding: Binding; step: Step }) {
  const { t } = useTranslation("bind");
  const task = useTask();
  const [json, setJson] = useState<string | null>(null);
  const [password, setPassword] = useState("");
  const [other, setOther] = useState<string | null>(null);

  function submit(event: FormEvent) {
    event.preventDefault();
    setOther(null);
    void task.run(async () => {
      const avatar = await Avatar.fromKeystore(json ?? "", password);
      if (avatar.publicKey === step.identity) binding.cosign(avatar.sign(step.text));
      else setOther(avatar.publicKey);
    });
  }

  return (
    <form className="stack" onSubmit={submit}>
      <Field label={t("sign.avatarKeystore")}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".json,application/json"
            required
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              void file?.text().then(setJson);
            }}
          />
        )}
      </Field>
      <PasswordField
        label={t("sign.avatarPassword")}
        autoComplete="current-password"
        value={password}
        required
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className="actions">
        <Button type="submit" look="primary" icon="unlock" busy={task.busy}>
          {t(task.busy ? "sign.avatarUnlocking" : "sign.avatarButton")}
        </Button>
      </div>
      {other !== null && (
        <Notice tone="bad" live="alert">
          <p>
            {t("sign.avatarOther")} <KeyText text={other} />
          </p>
        </Notice>
      )}
      <Trouble error={task.error} />
    </form>
  );
}

/** The signature from elsewhere: a wallet on another device, a command line. */
function ByPaste({ binding, step }: { binding: Binding; step: Step }) {
  const { t } = useTranslation("bind");
  const [value, setValue] = useState("");
  const task = useTask();
  // Where no wallet was found, it is the only way.
  const isOnlyWay = useSolanaWallets().length === 0 && step.by === "solana";
  const contract =
    step.by === "wallet" && task.error instanceof SyngraphError && task.error.code === "wallet_signature";
  const form = (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void task.run(() => binding.cosign(value.trim()));
      }}
    >
      <TextArea
        label={t("sign.paste")}
        hint={t(step.by === "solana" ? "sign.pasteHintSolana" : "sign.pasteHint")}
        className="key"
        rows={3}
        required
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <div className="actions">
        <Button type="submit" look={isOnlyWay ? "primary" : "secondary"} busy={task.busy}>
          {t("sign.pasteButton")}
        </Button>
      </div>
      <Trouble
        error={task.error}
        actions={
          contract && (
            <Button onClick={() => void task.run(() => binding.cosign(value.trim(), { contractWallet: true }))}>
              {t("sign.contractWallet")}
            </Button>
          )
        }
      />
    </form>
  );
  if (isOnlyWay) return form;
  return (
    <details className="more">
      <summary>{t("sign.pasteToggle")}</summary>
      {form}
    </details>
  );
}

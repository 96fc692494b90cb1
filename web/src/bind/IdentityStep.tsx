import type { PlatformInfo } from "@syngraph/sdk";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";
import { TextField } from "../ui/Field.tsx";
import { OwnSolanaWallets } from "./SolanaWallets.tsx";
import { slipOf, usePlatformText } from "./platforms.ts";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";
import { WalletButtons } from "./WalletButtons.tsx";

/** Which account it is, held to the platform's own rule. */
export function IdentityStep({
  platform,
  typed,
  onChosen,
}: {
  platform: PlatformInfo;
  typed: string;
  onChosen: (identity: string) => void;
}) {
  const { t } = useTranslation("bind");
  const text = usePlatformText();
  const [value, setValue] = useState(typed);
  const [error, setError] = useState<string>();
  const { id, identity_rule: rule, identity_shapes: shapes } = platform;

  function choose(wanted: string) {
    const slip = slipOf(wanted, shapes);
    if (slip === null) onChosen(wanted.trim());
    else setError(t(`identity.${slip}`, { rule, text: wanted.trim().slice(0, 100) }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    choose(value);
  }

  return (
    <>
      {id === "ethereum" && <OwnWallets onChosen={onChosen} />}
      {id === "solana" && <OwnSolanaWallets onChosen={choose} />}
      <form className="stack" onSubmit={submit} noValidate>
        <TextField
          label={text("identity.label", id)}
          hint={t("identity.expected", { rule })}
          error={error}
          placeholder={text("identity.example", id)}
          value={value}
          onChange={(event) => {
            setValue(event.target.value);
            setError(undefined);
          }}
        />
        <div className="actions">
          <Button type="submit" look="primary">
            {t("identity.continue")}
          </Button>
        </div>
      </form>
    </>
  );
}

/** The wallets of this browser, one of which may be the identity. */
function OwnWallets({ onChosen }: { onChosen: (identity: string) => void }) {
  const { t } = useTranslation("bind");
  const { wallets, connected, connect } = useWallets();
  const task = useTask();
  const [wanted, setWanted] = useState<string | null>(null);
  const chosen = wanted !== null && connected?.info.uuid === wanted ? connected.address : null;
  useEffect(() => {
    if (chosen !== null) onChosen(chosen);
  }, [chosen, onChosen]);
  if (wallets.length === 0) return <p className="soft">{t("identity.noWallet")}</p>;
  return (
    <div className="stack">
      <p className="label">{t("identity.wallets")}</p>
      <WalletButtons
        words={(name) => t("identity.useWallet", { name })}
        busy={task.busy}
        onChoose={(uuid) =>
          void task.run(async () => {
            await connect(uuid);
            setWanted(uuid);
          })
        }
      />
      <Trouble error={task.error} />
      <p className="divider">{t("identity.orType")}</p>
    </div>
  );
}

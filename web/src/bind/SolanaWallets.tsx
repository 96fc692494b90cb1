import type { Binding, CosignStep } from "@syngraph/sdk";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { useSolanaWallets } from "../wallet/solana.ts";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";
import { NamedWallets } from "./WalletButtons.tsx";

/** The Solana wallets of this browser, an account of which may be the identity. */
export function OwnSolanaWallets({ onChosen }: { onChosen: (address: string) => void }) {
  const { t } = useTranslation("bind");
  const wallets = useSolanaWallets();
  const task = useTask();
  const [shown, setShown] = useState<readonly string[]>([]);
  if (wallets.length === 0) return <p className="soft">{t("identity.noWallet")}</p>;

  function use(id: string) {
    return task.run(async () => {
      setShown([]);
      const accounts = await wallets.find((wallet) => wallet.id === id)!.connect();
      if (accounts.length === 1) onChosen(accounts[0]!);
      else setShown(accounts);
    });
  }

  return (
    <div className="stack">
      <p className="label">{t("identity.wallets")}</p>
      <NamedWallets
        wallets={wallets}
        words={(name) => t("identity.useWallet", { name })}
        busy={task.busy}
        onChoose={(id) => void use(id)}
      />
      {shown.length > 0 && (
        <div role="status" className="stack">
          <p className="label">{t("identity.whichOfWallet")}</p>
          <ul className="wallets">
            {shown.map((address) => (
              <li key={address}>
                <Button onClick={() => onChosen(address)}>
                  <KeyText text={address} />
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Trouble error={task.error} />
      <p className="divider">{t("identity.orType")}</p>
    </div>
  );
}

/** Has the account that is to be bound sign the same text, in whichever wallet it is. */
export function BySolanaWallet({ binding, step }: { binding: Binding; step: CosignStep }) {
  const { t } = useTranslation("bind");
  const wallets = useSolanaWallets();
  const task = useTask();
  const [other, setOther] = useState<{ name: string; address: string } | null>(null);
  if (wallets.length === 0) return <p className="soft">{t("sign.noWallet")}</p>;

  function sign(id: string) {
    return task.run(async () => {
      setOther(null);
      const wallet = wallets.find((one) => one.id === id)!;
      const accounts = await wallet.connect();
      if (accounts.includes(step.identity)) binding.cosign(await wallet.signText(step.identity, step.text));
      else setOther({ name: wallet.name, address: accounts[0]! });
    });
  }

  return (
    <div className="stack">
      {other && (
        <Notice tone="wait" live="status">
          <p>
            {t("sign.walletOther", { name: other.name })} <KeyText text={other.address} />
          </p>
        </Notice>
      )}
      <NamedWallets
        wallets={wallets}
        words={(name) => t("sign.walletButton", { name })}
        busy={task.busy}
        onChoose={(id) => void sign(id)}
      />
      <Trouble error={task.error} />
    </div>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { chainName } from "../ui/explorer.ts";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Failure } from "../ui/Waiting.tsx";
import { useWallets } from "./useWallets.ts";

import "./wallet.css";

/** The wallets of this browser to connect to; the connected one with its account and chain. */
export function WalletPicker() {
  const { t } = useTranslation("keyring");
  const { wallets, connected, connect, disconnect } = useWallets();
  const connecting = useMutation({ mutationFn: connect });

  if (connected !== null) {
    return (
      <div className="wallet connected">
        <WalletMark name={connected.info.name} />
        <div>
          <p>
            <bdi>{connected.info.name}</bdi>{" "}
            <Pill tone="good" icon="check">
              {t("wallets.connected")}
            </Pill>
          </p>
          <p className="soft small-text">
            <KeyText text={connected.address} /> ·{" "}
            {chainName(connected.chainId) ?? t("wallets.chain", { id: connected.chainId })}
          </p>
        </div>
        <Button small onClick={disconnect}>
          {t("wallets.disconnect")}
        </Button>
      </div>
    );
  }
  if (wallets.length === 0) {
    return (
      <Notice icon="wallet" title={t("wallets.none")}>
        <p className="detail">{t("wallets.noneText")}</p>
      </Notice>
    );
  }
  return (
    <div className="stack tight">
      <ul className="plain wallet-list">
        {wallets.map(({ info }) => (
          <li key={info.uuid}>
            <button
              type="button"
              className="wallet"
              aria-busy={(connecting.isPending && connecting.variables === info.uuid) || undefined}
              onClick={() => !connecting.isPending && connecting.mutate(info.uuid)}
            >
              <WalletMark name={info.name} />
              <bdi>{info.name}</bdi>
              <span className="soft">{t("wallets.connect")}</span>
            </button>
          </li>
        ))}
      </ul>
      {connecting.error !== null && <Failure error={connecting.error} />}
    </div>
  );
}

/** A wallet's own picture is a `data:` address, which the policy of this page does not load: its first letter instead. */
function WalletMark({ name }: { name: string }) {
  return (
    <span className="wallet-mark" aria-hidden="true">
      {Array.from(name.trim())[0]?.toUpperCase()}
    </span>
  );
}

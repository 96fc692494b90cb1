import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { useKeyring } from "../keyring/useKeyring.ts";
import { Icon } from "../ui/icons.tsx";

/** Whose avatar this browser holds, and whether it can sign: always in sight, since it is what everything here acts for. */
export function KeyringChip() {
  const { t } = useTranslation();
  const { state, publicKey } = useKeyring();
  if (state === "none" || publicKey === null) {
    return (
      <Link href="/me/keys" className="button primary small keyring-chip">
        {t("chip.none")}
      </Link>
    );
  }
  return (
    <Link href="/me/keys" className={`button secondary small keyring-chip ${state}`}>
      <Icon name={state === "locked" ? "lock" : "unlock"} size={16} />
      <span className="unseen">{t(`chip.${state}`)} </span>
      <span className="key">{`${publicKey.slice(0, 6)}…${publicKey.slice(-4)}`}</span>
    </Link>
  );
}

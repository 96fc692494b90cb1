import { useState } from "react";
import { useTranslation } from "react-i18next";

import { BackupCard, KeyCard, PasskeyCard, PasswordCard, RemoveCard } from "../keyring/KeyCards.tsx";
import { Setup } from "../keyring/Setup.tsx";
import { Unlock } from "../keyring/Unlock.tsx";
import { useKeyring } from "../keyring/useKeyring.ts";
import { PageHeading } from "../ui/PageHeading.tsx";
import "./me.css";
import { MeNav } from "./MeNav.tsx";
import { Subkeys } from "./Subkeys.tsx";

/** `/me/keys`: the avatar's key in this browser. */
export function KeysPage() {
  const { t } = useTranslation("keyring");
  const { state, publicKey } = useKeyring();
  const [atFirst] = useState(state);
  return (
    <div className={state === "unlocked" ? "stack" : "stack narrow"}>
      {/* What had the focus goes with the state; the new one starts at the heading. */}
      <PageHeading key={state} takeFocus={state !== atFirst} title={t("title")} lead={t("lead")} />
      <MeNav />
      {state === "none" && <Setup />}
      {state === "locked" && <Unlock />}
      {state !== "none" && (
        <>
          <KeyCard />
          <div className={state === "unlocked" ? "columns" : "stack"}>
            <BackupCard />
            <PasskeyCard />
            {state === "unlocked" && <PasswordCard />}
            <RemoveCard />
          </div>
          {publicKey !== null && <Subkeys publicKey={publicKey} />}
        </>
      )}
    </div>
  );
}

import type { Avatar } from "@syngraph/sdk";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useKeyring } from "../app/hooks.ts";
import { Unlock } from "../keyring/Unlock.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";

/**
 * Shows what needs the unlocked avatar; until there is one, how to come by it.
 *
 * @param publicKey of the one avatar that will do; any where absent.
 */
export function AvatarGate({ publicKey, children }: { publicKey?: string; children: (avatar: Avatar) => ReactNode }) {
  const { t } = useTranslation("bind");
  const keyring = useKeyring();
  if (publicKey !== undefined && keyring.publicKey !== null && keyring.publicKey !== publicKey) {
    return (
      <Notice tone="wait" actions={<LinkButton href="/me/keys">{t("avatarNeeded.unlock")}</LinkButton>}>
        <p>
          {t("avatarNeeded.other")} <KeyText text={publicKey} />
        </p>
      </Notice>
    );
  }
  if (keyring.state === "none") {
    return (
      <Notice
        tone="accent"
        icon="key"
        actions={
          <LinkButton look="primary" href="/me/keys">
            {t("avatarNeeded.create")}
          </LinkButton>
        }
      >
        <p>{t("avatarNeeded.none")}</p>
      </Notice>
    );
  }
  if (keyring.avatar === null) return <Unlock why={t("avatarNeeded.locked")} />;
  return children(keyring.avatar);
}

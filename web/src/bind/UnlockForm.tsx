import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useKeyring } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";
import { PasswordField } from "../ui/Field.tsx";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";

/** Unlocks the avatar where it is needed, by password or passkey. */
export function UnlockForm({ why }: { why: string }) {
  const { t } = useTranslation("bind");
  const { unlock, unlockWithPasskey, hasPasskey } = useKeyring();
  const [password, setPassword] = useState("");
  const task = useTask();

  function submit(event: FormEvent) {
    event.preventDefault();
    void task.run(() => unlock(password));
  }

  return (
    <form className="form unlock" onSubmit={submit}>
      <p>{why}</p>
      <PasswordField
        label={t("avatarNeeded.password")}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className="actions">
        <Button type="submit" look="primary" icon="unlock" busy={task.busy}>
          {t("avatarNeeded.unlock")}
        </Button>
        {hasPasskey && (
          <Button icon="passkey" busy={task.busy} onClick={() => void task.run(() => unlockWithPasskey())}>
            {t("avatarNeeded.passkey")}
          </Button>
        )}
      </div>
      <Trouble error={task.error} />
    </form>
  );
}

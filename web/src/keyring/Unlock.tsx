import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { describeFailure } from "../failure.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { PasswordField } from "../ui/Field.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Progress } from "../ui/Progress.tsx";
import { Failure } from "../ui/Waiting.tsx";
import { useKeyring } from "./useKeyring.ts";

/**
 * Unlocks the avatar of this browser, by password or passkey. Shown where something needs it; it is gone when it is unlocked.
 *
 * @param why says what for.
 */
export function Unlock({ why }: { why?: string }) {
  const { t } = useTranslation("keyring");
  const { publicKey, hasPasskey, unlock, unlockWithPasskey } = useKeyring();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(0);
  const byPassword = useMutation({ mutationFn: () => unlock(password, setDone) });
  const byPasskey = useMutation({ mutationFn: unlockWithPasskey });
  const isWrong = byPassword.error !== null && describeFailure(byPassword.error).code === "wrong_password";
  const failure = isWrong ? byPasskey.error : (byPassword.error ?? byPasskey.error);

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (byPassword.isPending) return;
    setDone(0);
    byPasskey.reset();
    byPassword.mutate();
  }

  return (
    <Card title={t("unlock.title")} lead={why ?? t("unlock.lead")}>
      <form className="form" onSubmit={onSubmit}>
        {publicKey !== null && (
          <p>
            <span className="soft">{t("unlock.avatar")}</span> <KeyText text={publicKey} />
          </p>
        )}
        {/* For password managers, which keep a password for a name. */}
        <input type="hidden" autoComplete="username" value={publicKey ?? ""} readOnly />
        <PasswordField
          label={t("password.current")}
          error={isWrong ? t("unlock.wrong") : undefined}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {byPassword.isPending && <Progress label={t("unlock.opening")} value={done} />}
        {failure !== null && <Failure error={failure} />}
        <div className="actions">
          <Button type="submit" look="primary" icon="unlock" busy={byPassword.isPending}>
            {t("unlock.submit")}
          </Button>
          {hasPasskey && (
            <Button
              icon="passkey"
              busy={byPasskey.isPending}
              onClick={() => {
                byPassword.reset();
                byPasskey.mutate();
              }}
            >
              {t("unlock.passkey")}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

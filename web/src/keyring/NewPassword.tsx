import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PasswordField } from "../ui/Field.tsx";
import { SHORTEST_PASSWORD } from "./password.ts";

/** What {@link useNewPassword} gives. */
interface NewPassword {
  /** The password once it is long enough and was repeated; else null, and the fields say what is wrong. */
  take: () => string | null;
  fields: React.ReactNode;
}

/** Two fields for a password that is chosen now. Call `take` when the form is submitted. */
export function useNewPassword(): NewPassword {
  const { t } = useTranslation("keyring");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [tried, setTried] = useState(false);
  const short = password.length < SHORTEST_PASSWORD;
  const different = password !== repeated;
  return {
    take: () => {
      setTried(true);
      return short || different ? null : password;
    },
    fields: (
      <>
        <PasswordField
          label={t("password.new")}
          hint={t("password.hint", { count: SHORTEST_PASSWORD })}
          error={tried && short ? t("password.short", { count: SHORTEST_PASSWORD }) : undefined}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <PasswordField
          label={t("password.repeat")}
          error={tried && !short && different ? t("password.different") : undefined}
          autoComplete="new-password"
          value={repeated}
          onChange={(event) => setRepeated(event.target.value)}
        />
      </>
    ),
  };
}

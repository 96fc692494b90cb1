import { useTranslation } from "react-i18next";

import { Pill } from "../ui/Pill.tsx";

/** Says of an identity, or of a connection, that somebody else has it as well. */
export function Disputed({ what }: { what: "identity" | "sentence" }) {
  const { t } = useTranslation("graph");
  return (
    <p>
      <Pill tone="wait" icon="alert">
        {t("disputed.name")}
      </Pill>{" "}
      {t(`disputed.${what}`)}
    </p>
  );
}

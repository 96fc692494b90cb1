import { useTranslation } from "react-i18next";

import { CopyButton } from "../ui/CopyButton.tsx";

/** What is signed, for those who want to see it. */
export function SignedText({ text }: { text: string }) {
  const { t } = useTranslation("bind");
  return (
    <details className="more">
      <summary>{t("sign.text")}</summary>
      <div className="stack">
        <p className="soft">{t("sign.textWhy")}</p>
        <pre className="copyable">{text}</pre>
        <div className="actions">
          <CopyButton text={text} of={t("sign.copyText")} labelled />
        </div>
      </div>
    </details>
  );
}

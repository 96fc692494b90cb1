import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "./icons.tsx";

/** How long the button says what became of the click, in milliseconds. */
const SHOWN_FOR = 2000;

/**
 * Copies a text to the clipboard and says so.
 *
 * @param of names the text for those who do not see it beside the button, for example "public key".
 * @param labelled shows the word "Copy" beside the icon.
 */
export function CopyButton({ text, of, labelled = false }: { text: string; of: string; labelled?: boolean }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<"copied" | "notCopied">();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      // Absent outside secure contexts, and refused where the user said so.
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("notCopied");
    }
  }

  return (
    <span className="copy">
      <button
        type="button"
        className={labelled ? "button secondary" : "button quiet small icon-only"}
        onClick={() => void copy()}
        aria-label={t("copyThis", { what: of })}
        title={labelled ? undefined : t("copyThis", { what: of })}
      >
        <Icon name={outcome === "copied" ? "check" : "copy"} size={18} />
        {labelled && <span>{t("copy")}</span>}
      </button>
      <span role="status" className={outcome === undefined ? "unseen" : "copy-outcome"}>
        {outcome && t(outcome)}
      </span>
    </span>
  );
}

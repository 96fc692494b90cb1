import { useEffect, useState } from "react";

/** How long the button says what became of the click, in milliseconds. */
const SHOWN_FOR = 2000;

/** Copies a text to the clipboard and says so. `of` names the text for those who do not see it beside the button. */
export function CopyButton({ text, of }: { text: string; of: string }) {
  const [outcome, setOutcome] = useState<"Copied" | "Not copied">();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      // Absent outside secure contexts, and refused where the user said so.
      await navigator.clipboard.writeText(text);
      setOutcome("Copied");
    } catch {
      setOutcome("Not copied");
    }
  }

  return (
    <span className="copy">
      <button type="button" onClick={() => void copy()} aria-label={`Copy ${of}`}>
        Copy
      </button>
      <span role="status">{outcome}</span>
    </span>
  );
}

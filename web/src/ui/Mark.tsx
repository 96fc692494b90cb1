/** What a check came to; `open` where it cannot be made here. */
export type Outcome = "good" | "bad" | "open";

const SIGNS: Readonly<Record<Outcome, string>> = { good: "✔", bad: "✘", open: "?" };

/** What a check came to. The sign and the colour are for the eye only; the words say the same. */
export function Mark({ outcome, children }: { outcome: Outcome; children: string }) {
  return (
    <span className={`mark ${outcome}`}>
      <span aria-hidden="true">{SIGNS[outcome]}</span> {children}
    </span>
  );
}

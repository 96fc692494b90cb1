/** What each status means, in a sentence's end. */
const MEANING: Readonly<Record<string, string>> = {
  claimed: "signed by the avatar, not confirmed by the other side",
  confirmed: "both sides stand for it",
  suspended: "the other side’s confirmation was seen to be gone",
  deleted: "taken back",
};

/** Where a binding stands, in words. */
export function Status({ status }: { status: string }) {
  const meaning = Object.hasOwn(MEANING, status) ? MEANING[status] : undefined;
  const kind = meaning === undefined ? "" : ` ${status}`;
  return (
    <span className={`status${kind}`} title={meaning}>
      {status}
    </span>
  );
}

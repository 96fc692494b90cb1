import { CopyButton } from "./CopyButton.tsx";

/** How much of the end is always shown. */
const TAIL = 6;

/**
 * A key, an address or a hash, shortened in its middle to the room there is. It is all there for who copies or reads it aloud.
 *
 * @param wide as wide as there is room, instead of some sixteen signs.
 * @param copy adds a button that copies it; says what it copies, for example "public key".
 */
export function KeyText({ text, wide = false, copy }: { text: string; wide?: boolean; copy?: string }) {
  const key = (
    <span className={wide ? "key key-text wide" : "key key-text"} title={text}>
      <span>{text.slice(0, -TAIL)}</span>
      <span>{text.slice(-TAIL)}</span>
    </span>
  );
  if (copy === undefined) return key;
  return (
    <span className="with-copy">
      {key}
      <CopyButton text={text} of={copy} />
    </span>
  );
}

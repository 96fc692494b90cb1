import { CopyButton } from "./CopyButton.tsx";

/** How much of the beginning, with `0x`, is shown of what is shortened, and how much of the end. */
const HEAD = 8;
const TAIL = 6;

/**
 * A key, an address or a hash, shortened in its middle to the room there is. It is all there for who copies or reads it aloud.
 *
 * @param wide as wide as there is room, instead of fourteen signs.
 * @param copy adds a button that copies it; says what it copies, for example "public key".
 */
export function KeyText({ text, wide = false, copy }: { text: string; wide?: boolean; copy?: string }) {
  const key = wide ? (
    <span className="key key-text" title={text}>
      <span>{text.slice(0, -TAIL)}</span>
      <span>{text.slice(-TAIL)}</span>
    </span>
  ) : (
    <span className="key" title={text}>
      <span className={text.length > HEAD + TAIL ? "key-head" : ""}>{text.slice(0, HEAD)}</span>
      <span className="unseen">{text.slice(HEAD, -TAIL)}</span>
      {text.slice(Math.max(HEAD, text.length - TAIL))}
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

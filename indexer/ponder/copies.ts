/** What Ponder asks for what it hands to handlers, and takes of them: the one shall not change with the other. */

/** A copy of a row, or of rows, that shares nothing with it that can change. */
export function copy<Value>(value: Value): Value {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copy) as Value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copied = { ...value };
  for (const name in copied) {
    if (typeof copied[name] === "object") copied[name] = copy(copied[name]);
  }
  return copied;
}

/**
 * The same. Ponder makes a proxy that puts it off until something is changed, and leaves in each row a function that is to show it:
 * both take longer than the copy does, and more memory.
 */
export const copyOnWrite = copy;

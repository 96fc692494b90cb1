/** Reads one JSON value as a T. `path` says where it stands, for the error. */
export type Reader<T> = (value: unknown, path: string) => T;

/** A reply that lacks what the API promises. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

function primitive<T>(type: string): Reader<T> {
  return (value, path) => {
    if (typeof value !== type) throw new ShapeError(`${path} is no ${type}`);
    return value as T;
  };
}

export const text = primitive<string>("string");
export const flag = primitive<boolean>("boolean");

/** An integer that a double holds exactly. */
export const integer: Reader<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw new ShapeError(`${path} is no integer`);
  return value as number;
};

/** Unix seconds as a decimal string. */
export const timeText: Reader<string> = (value, path) => {
  if (typeof value !== "string" || !/^\d{1,15}$/.test(value)) throw new ShapeError(`${path} is no time in seconds`);
  return value;
};

/** Whole bytes in `0x` hex. */
export const hex: Reader<string> = (value, path) => {
  if (typeof value !== "string" || !/^0x(?:[0-9a-f]{2})*$/i.test(value)) throw new ShapeError(`${path} is no 0x hex`);
  return value;
};

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (value, path) => {
    if (!words.includes(value as T)) throw new ShapeError(`${path} is none of ${words.join(", ")}`);
    return value as T;
  };
}

/** A T or null; an absent field counts as null. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null || value === undefined ? null : reader(value, path));
}

/** An array of T. */
export function list<T>(reader: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(`${path} is no array`);
    return value.map((item, index) => reader(item, `${path}[${index}]`));
  };
}

/** An object whose values are all T. */
export function record<T>(reader: Reader<T>): Reader<Record<string, T>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(asObject(value, path)).map(([key, item]) => [key, reader(item, `${path}.${key}`)]),
    );
}

/** An object with these fields; others are dropped. */
export function object<T>(fields: { [K in keyof T]: Reader<T[K]> }): Reader<T> {
  const readers = Object.entries(fields) as [string, Reader<unknown>][];
  return (value, path) => {
    const source = asObject(value, path);
    return Object.fromEntries(readers.map(([key, reader]) => [key, reader(source[key], `${path}.${key}`)])) as T;
  };
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ShapeError(`${path} is no object`);
  return value as Record<string, unknown>;
}

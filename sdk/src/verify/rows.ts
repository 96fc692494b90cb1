/** A value as it is compared: null where there is none, undefined where it cannot be known here. */
export type Value = string | number | boolean | null | undefined | readonly string[] | object;

/** What a row of the index must say, by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** The columns that name a row, by table. */
export const KEYS = {
  avatar: ["address"],
  link: ["id"],
  binding: ["avatar", "identity_key"],
  turn: ["transaction_hash", "log_index"],
  findings_attested: ["transaction_hash"],
  reverse_record: ["wallet"],
  subkey: ["avatar", "subkey_id"],
  attester: ["address"],
  quorum: ["platform"],
  refusal: ["transaction_hash", "log_index"],
  anchor: ["operator", "topic", "epoch"],
  governance: ["transaction_hash", "log_index"],
  role_member: ["role", "account"],
  operation: ["id"],
} as const satisfies Record<string, readonly string[]>;
export type Table = keyof typeof KEYS;

/** What names a row in its table. */
export function keyOf(table: Table, row: Row): string {
  return KEYS[table].map((column) => plain(row[column])).join(" ");
}

/** A value as text: equal texts are equal values. */
export function plain(value: Value): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value !== "object") return value === "" ? '""' : String(value);
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof item === "bigint"
        ? String(item)
        : item,
  );
}

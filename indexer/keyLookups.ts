import { Client } from "pg";

/** What is used here of a column, as drizzle has it. */
interface Column {
  name: string;
  getSQLType(): string;
}

/** A statement as drizzle gives it to `pg`. */
interface Statement {
  text: string;
}

/** Ponder's look-up of rows by their keys: `select … from … where ((… = $1 and …) or (… = $3 and …) or …)`. */
const LOOKUP = /^(?<head>select [^()]+ from "[^"]+"\."(?<table>[^"]+)" where )\((?<keys>\(.+\) or \(.+\))\)$/s;
const EQUALITY = /^(?<reference>(?:"[^"]+"\.)+"(?<column>[^"]+)") = \$\d+$/;

/**
 * Has Ponder look rows up in time that grows with their number, where they have a key of several columns.
 *
 * Once its memory for rows is full, Ponder asks before each batch of events for all rows that these may touch, by one `OR` of
 * thousands of keys. PostgreSQL 18 makes an array of them where the key is one column; those of several it plans in
 * quadratic time: 12 s for 4,000 keys of three columns, which as arrays take 0.1 s.
 *
 * Ponder has no setting for that, so this stands in front of `pg`. What is no such look-up passes untouched.
 *
 * @param schema the tables, which say what is an array of what.
 * @returns what puts `pg` back.
 */
export function lookUpByArrays(schema: Readonly<Record<string, unknown>>): () => void {
  const types = typesOf(schema);
  const prototype = Client.prototype as unknown as { query(...args: unknown[]): unknown };
  const { query } = prototype;
  prototype.query = function (statement, values, ...rest) {
    const lookup =
      isStatement(statement) && Array.isArray(values) ? byArrays(statement.text, values, types) : undefined;
    return lookup === undefined
      ? query.call(this, statement, values, ...rest)
      : query.call(this, { ...(statement as Statement), text: lookup.text }, lookup.values, ...rest);
  };
  return () => {
    prototype.query = query;
  };
}

/** The same look-up by an array for each column of the key; `undefined` where a statement is none. */
function byArrays(text: string, values: readonly unknown[], types: ReadonlyMap<string, string>) {
  const { head, table, keys } = LOOKUP.exec(text)?.groups ?? {};
  if (head === undefined || keys === undefined) return undefined;
  const columns = keys
    .slice(1, keys.indexOf(")"))
    .split(" and ")
    .map((equality) => EQUALITY.exec(equality)?.groups);
  const width = columns.length;
  const key = (first: number) =>
    `(${columns.map((it, index) => `${it?.reference} = $${first + index + 1}`).join(" and ")})`;
  const count = values.length / width;
  // As it would be written, letter by letter: so it is what it looks like.
  if (keys !== Array.from({ length: count }, (_, row) => key(row * width)).join(" or ")) return undefined;
  const arrays = columns.map((it, index) => ({
    type: types.get(`${table}.${it?.column}`),
    values: values.filter((_, place) => place % width === index),
  }));
  if (arrays.some(({ type }) => type === undefined)) return undefined;
  const unnested = arrays.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ");
  const references = columns.map((it) => it?.reference).join(", ");
  return {
    text: `${head}(${references}) in (select * from unnest(${unnested}))`,
    values: arrays.map((it) => it.values),
  };
}

/** SQL's type of each column, by `<table>.<column>`. */
function typesOf(schema: Readonly<Record<string, unknown>>): Map<string, string> {
  const types = new Map<string, string>();
  for (const table of Object.values(schema)) {
    const name = (table as Record<symbol, unknown>)[Symbol.for("drizzle:Name")];
    if (typeof name !== "string") continue;
    for (const column of Object.values(table as Record<string, unknown>)) {
      if (isColumn(column)) types.set(`${name}.${column.name}`, column.getSQLType());
    }
  }
  return types;
}

function isColumn(value: unknown): value is Column {
  return typeof value === "object" && value !== null && "name" in value && "getSQLType" in value;
}

function isStatement(value: unknown): value is Statement {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}

/** What is used here of modules that Ponder does not export. */

declare module "ponder/dist/esm/indexing-store/cache.js" {
  export function getCopyHelper(
    database: import("./types.ts").Database,
  ): (table: import("drizzle-orm").Table, text: string, includeSchema: boolean) => Promise<void>;
  export function createIndexingCache(options: import("./types.ts").Options): unknown;
}

declare module "ponder/dist/esm/indexing-store/utils.js" {
  export function getPrimaryKeyCache(tables: import("drizzle-orm").Table[]): import("./types.ts").PrimaryKeys;
  export function getWhereCondition(
    table: import("drizzle-orm").Table,
    key: import("./types.ts").Row,
  ): import("drizzle-orm").SQL;
  export function normalizeColumn(column: import("drizzle-orm").Column, value: unknown, isUpdate: boolean): unknown;
}

declare module "ponder/dist/esm/indexing-store/profile.js" {
  export function getProfilePatternKey(pattern: object): string;
  export function recordProfilePattern(
    event: import("./types.ts").Event,
    table: import("drizzle-orm").Table,
    key: import("./types.ts").Row,
    hints: object[],
    keys: import("./types.ts").PrimaryKeys,
  ): object | undefined;
  export function recoverProfilePattern(pattern: object, event: import("./types.ts").Event): import("./types.ts").Row;
}

declare module "ponder/dist/esm/drizzle/kit/index.js" {
  export function getColumnCasing(column: import("drizzle-orm").Column, casing: "snake_case"): string;
}

declare module "ponder/dist/esm/internal/errors.js" {
  /** A row that the database takes no matter how often it is tried: Ponder ends. */
  export class DelayedInsertError extends Error {}
  export class NotNullConstraintError extends Error {}
}

declare module "ponder/dist/esm/sync-store/index.js" {
  export function createSyncStore(options: { qb: import("./types.ts").Database }): import("./types.ts").SyncStore;
}

declare module "ponder/dist/esm/sync-store/encode.js" {
  type Answer = import("./types.ts").Answer;
  type Encoded = import("./types.ts").Encoded;
  export function encodeBlock(what: { block: Answer; chainId: number }): Encoded;
  export function encodeTransaction(what: { transaction: Answer; chainId: number }): Encoded;
}

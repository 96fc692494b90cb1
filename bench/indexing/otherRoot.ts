import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ROOT } from "../../scripts/lib/stack/sources.ts";

/** The three events that histories of the bench have, and handlers that do nothing: what Ponder takes by itself. */
export const NOOP = {
  "src/handlers.ts": `import { ponder } from "ponder:registry";
    ponder.on("AttesterRegistry:AttesterAdded", async () => {});
    ponder.on("ProofRegistry:AvatarRegistered", async () => {});
    ponder.on("ProofRegistry:LinkAppended", async () => {});`,
};

/**
 * The least that anybody would index of the same events with Ponder, as its documentation shows it: what an event says, put as it
 * is into three tables without an index, nothing decoded or verified. Ponder knows beforehand which rows an event touches.
 */
export const PLAIN = {
  "ponder.schema.ts": `import { onchainTable } from "ponder";
    export const link = onchainTable("link", (t) => ({
      id: t.hex().primaryKey(), avatar: t.hex().notNull(), platform: t.text().notNull(), identity: t.text().notNull(),
      proof: t.hex().notNull(), block: t.bigint().notNull(),
    }));
    export const binding = onchainTable("binding", (t) => ({
      key: t.text().primaryKey(), avatar: t.hex().notNull(), link: t.hex().notNull(), updatedAt: t.bigint().notNull(),
    }));
    export const avatar = onchainTable("avatar", (t) => ({ address: t.hex().primaryKey(), last: t.hex().notNull() }));`,
  "src/handlers.ts": `import { ponder } from "ponder:registry";
    import { avatar, binding, link } from "ponder:schema";
    ponder.on("ProofRegistry:LinkAppended", async ({ event: { args, block }, context: { db } }) => {
      const { linkId, avatar: address, identityKey, platform, identity, proof } = args;
      await db.insert(link).values({ id: linkId, avatar: address, platform, identity, proof, block: block.number });
      const state = { link: linkId, updatedAt: block.timestamp };
      await db.insert(binding).values({ key: \`\${address}-\${identityKey}\`, avatar: address, ...state }).onConflictDoUpdate(state);
      await db.insert(avatar).values({ address, last: linkId }).onConflictDoUpdate({ last: linkId });
    });`,
};

/** The indexer's folder with other files in place of its handlers. */
export class OtherRoot {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(files: Readonly<Record<string, string>>): Promise<OtherRoot> {
    // Inside the checkout, where its packages are found.
    const parent = join(ROOT, ".syngraph");
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(join(parent, "bench-root-"));
    await cp(join(ROOT, "indexer"), folder, {
      recursive: true,
      filter: (path) => !/[\\/](src|generated|\.ponder|tsconfig\.json)$/.test(path),
    });
    await mkdir(join(folder, "src/api"), { recursive: true });
    await cp(join(ROOT, "indexer/src/api"), join(folder, "src/api"), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    return new OtherRoot(folder);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ROOT } from "../../scripts/lib/stack/sources.ts";

/** The indexer's folder with handlers that do nothing: what Ponder takes by itself. */
export class NoopRoot {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<NoopRoot> {
    // Inside the checkout, where its packages are found.
    const parent = join(ROOT, ".syngraph");
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(join(parent, "bench-noop-"));
    await cp(join(ROOT, "indexer"), folder, {
      recursive: true,
      filter: (path) => !/[\\/](src|generated|\.ponder|tsconfig\.json)$/.test(path),
    });
    await mkdir(join(folder, "src/api"), { recursive: true });
    await cp(join(ROOT, "indexer/src/api"), join(folder, "src/api"), { recursive: true });
    const events = ["AttesterRegistry:AttesterAdded", "ProofRegistry:AvatarRegistered", "ProofRegistry:LinkAppended"];
    const handlers = events.map((event) => `ponder.on("${event}", async () => {});`);
    await writeFile(
      join(folder, "src/handlers.ts"),
      ['import { ponder } from "ponder:registry";', ...handlers].join("\n"),
    );
    return new NoopRoot(folder);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { ABI_FILE, abiModule } from "../../scripts/abi.ts";

describe("ABIs", () => {
  it("are in the SDK what the compiler says", async () => {
    const file = new URL(`../../${ABI_FILE}`, import.meta.url);
    expect(await readFile(file, "utf8")).to.equal(await abiModule(), `stale: run npm run abi`);
  });
});

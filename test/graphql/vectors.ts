import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "vectors");

/** A document as a client of RelationService or of graph.web3.bio sends it. */
export interface ClientDocument {
  name: string;
  /** With `@wallet`, `@handle` and the like for who is asked for. */
  text: string;
  /** JSON, with the same. */
  variables: string;
}

/** All of `vectors`: each says where a document of its shape was seen. */
export function documents(): ClientDocument[] {
  return readdirSync(FOLDER).map((file) => {
    const text = readFileSync(join(FOLDER, file), "utf8");
    const variables = /^# variables: (.*)$/m.exec(text)?.[1];
    if (variables === undefined || !text.startsWith("# seen: "))
      throw new Error(`${file} does not say where it is from`);
    return { name: file.replace(/\.graphql$/, ""), text, variables };
  });
}

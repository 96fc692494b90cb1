import { client } from "../app/client.ts";

/** The platforms that this API can bind. @throws {SyngraphError} */
export async function fetchPlatforms(signal: AbortSignal): Promise<string[]> {
  return (await client.health({ signal })).platforms.toSorted();
}

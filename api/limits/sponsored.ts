import type { Kind, Limits } from "./limits.ts";

/** Who is to be counted for a link that this node pays for. */
export interface Sponsored {
  /**
   * Address of the avatar, lower case. Only once it has signed, and where it was not counted for the same before: or anybody
   * could use up its share. Else null.
   */
  avatar: string | null;
  client: string;
}

/**
 * Does what costs this node money, counted for avatar and client; what fails is not counted as paid for.
 *
 * @throws {ApiError} 429 where one of them had its share.
 */
export async function sponsor<T>(limits: Limits, { avatar, client }: Sponsored, act: () => Promise<T>): Promise<T> {
  const asClient = () => counted(limits, "sponsored client", client, act);
  if (avatar === null) return asClient();
  await limits.count("avatar", avatar);
  return counted(limits, "sponsored avatar", avatar, asClient);
}

async function counted<T>(limits: Limits, kind: Kind, who: string, act: () => Promise<T>): Promise<T> {
  await limits.count(kind, who);
  try {
    return await act();
  } catch (error) {
    await limits.takeBack(kind, who);
    throw error;
  }
}

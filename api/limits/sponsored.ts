import type { Limits } from "./limits.ts";

/** Who is to be counted for a link that this node pays for. */
export interface Sponsored {
  /**
   * Address of the avatar, lower case. Only once it has signed, and null where anybody may hand in again what it signed: or
   * anybody could use up its share.
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
  if (avatar !== null) {
    await limits.count("avatar", avatar);
    await limits.count("sponsored avatar", avatar);
  }
  try {
    await limits.count("sponsored client", client);
    try {
      return await act();
    } catch (error) {
      await limits.takeBack("sponsored client", client);
      throw error;
    }
  } catch (error) {
    if (avatar !== null) await limits.takeBack("sponsored avatar", avatar);
    throw error;
  }
}

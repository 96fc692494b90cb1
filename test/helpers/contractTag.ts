import { id } from "ethers";

/** The short name of a platform that attesters look after (contracts/lib/PlatformTag.sol). */
export function platformTag(platform: string): number {
  return Number(BigInt(id(platform)) & 0xffffn) | 1;
}

import { keccak256 } from "ethers";

/** keccak256 of bytes, both in `0x` hex. */
export type Hashing = (hex: string) => string;

let faster: Hashing | undefined;

/** Has {@link hashHex} done by another implementation than ethers's, which is JavaScript; `undefined` goes back to that. */
export function useHashing(hashing: Hashing | undefined): void {
  faster = hashing;
}

/** keccak256 for whoever hashes for every link there ever was. @throws where it is no bytes in hex. */
export function hashHex(hex: string): string {
  return (faster ?? keccak256)(hex);
}

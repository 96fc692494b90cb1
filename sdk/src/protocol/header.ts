import { concat, toBeHex } from "ethers";

import { ProtocolError } from "./errors.ts";
import { ACTIONS, type Action, uuidBytes, uuidFromBytes } from "./signPayload.ts";

/** `previousV` of a link whose `prev` is null: the contract's `NO_PREVIOUS`. */
export const NO_PREVIOUS = 255;

/** Where a binding stands, in the order of the contract's `Status`. */
export const STATUSES = ["none", "claimed", "confirmed", "deleted", "suspended"] as const;
export type BindingStatus = (typeof STATUSES)[number];

/** What of a link has a fixed size, as it stands in one word of calldata and log (contracts/lib/Header.sol). */
export interface LinkHeader {
  uuid: string;
  /** Unix seconds. */
  createdAt: number;
  /** The last byte of the signature that `prev` quotes, as it was published; null where `prev` is null. */
  previousV: number | null;
  action: Action;
}

/** The header of a link that was accepted. */
export interface CompleteHeader extends LinkHeader {
  /** Since when the binding stands as `status` says, Unix seconds; zero where there is none. */
  asOf: number;
  /** The link's place in the avatar's chain, from 1. */
  sequence: number;
  status: BindingStatus;
}

/**
 * The header of a submission: 32 bytes, `0x` hex.
 *
 * @throws {ProtocolError} when `createdAt` does not fit into five bytes, as milliseconds do not.
 */
export function packHeader({ uuid, createdAt, previousV, action }: LinkHeader): string {
  if (createdAt < 0 || createdAt >= 2 ** 40) {
    throw new ProtocolError("created_at", `${createdAt} is not in Unix seconds`);
  }
  return concat([
    uuidBytes(uuid),
    toBeHex(createdAt, 5),
    toBeHex(0, 8),
    Uint8Array.of(previousV ?? NO_PREVIOUS, ACTIONS.indexOf(action), 0),
  ]);
}

/**
 * The header in a `LinkAppended`, 32 bytes of `0x` hex. Of a submission's, `asOf`, `sequence` and `status` say nothing.
 *
 * @throws {ProtocolError} when it is no 32 bytes.
 */
export function unpackHeader(header: string): CompleteHeader {
  if (!/^0x[0-9a-f]{64}$/i.test(header)) throw new ProtocolError("uuid", `the header ${header} is not 32 bytes`);
  const bytes = (start: number, end: number) => header.slice(2 + 2 * start, 2 + 2 * end);
  const number = (start: number, end: number) => Number.parseInt(bytes(start, end), 16);
  const previousV = number(29, 30);
  return {
    uuid: uuidFromBytes(`0x${bytes(0, 16)}`),
    createdAt: number(16, 21),
    asOf: number(21, 26),
    sequence: number(26, 29),
    previousV: previousV === NO_PREVIOUS ? null : previousV,
    action: ACTIONS[number(30, 31)]!,
    status: STATUSES[number(31, 32)]!,
  };
}

import { formatUnits } from "ethers";

/** Significant digits that are shown of an amount. */
const DIGITS = 4;

/** An amount of wei in ether, rounded up: a cost is never more than it says. */
export function ether(wei: bigint): string {
  return rounded(wei, 18);
}

/** An amount of wei in gwei, rounded up. */
export function gwei(wei: bigint): string {
  return rounded(wei, 9);
}

function rounded(wei: bigint, decimals: number): string {
  const surplus = wei.toString().length - DIGITS;
  const unit = surplus > 0 ? 10n ** BigInt(surplus) : 1n;
  const up = ((wei + unit - 1n) / unit) * unit;
  return formatUnits(up, decimals).replace(/\.0$/, "");
}

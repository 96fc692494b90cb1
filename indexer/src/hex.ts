/** An address as the tables have it. */
export function lower(address: string): `0x${string}` {
  return address.toLowerCase() as `0x${string}`;
}

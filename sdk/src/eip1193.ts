/** A wallet's interface to pages (EIP-1193), as far as the SDK uses it. */
export interface Eip1193Provider {
  request(args: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

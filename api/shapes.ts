import { z } from "zod";

/** Texts of requests and answers that stand in more than one of them. */

/** Unix seconds as Next.ID prints them. */
export const timeText = z
  .string()
  .regex(/^\d{1,15}$/)
  .meta({ description: "Unix seconds.", example: "1763740800" });

/** A compressed public key. */
export const publicKeyText = z
  .string()
  .regex(/^0x0[23][0-9a-f]{64}$/)
  .meta({
    description: "A compressed secp256k1 public key.",
    example: "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3",
  });

/** 32 bytes. */
export const hashText = z.string().regex(/^0x[0-9a-f]{64}$/);

/** 20 bytes, lower case unless a checksum is said to be in it. */
export const addressText = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** Any number of bytes. */
export const hexText = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);

/** A UUID as payloads have it; of any version, since chains are imported too. */
export const uuidText = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .meta({ example: "353449e6-3a6f-4ac8-ae65-ba14bf466baf" });

/** Bytes in standard Base64; empty where there are none. */
export const base64Text = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

import { z } from "zod";

import { definePlatform } from "./platform.ts";
import { readSignature } from "./published.ts";
import { CheckError, type Post, type Published } from "./types.ts";

/** "Get Account Basic Info" of https://github.com/dotbitHQ/das-account-indexer/blob/main/API.md */
const infoAnswer = z.object({
  account_info: z.object({
    account: z.string(),
    account_id_hex: z.string(),
    owner_key: z.string(),
    expired_at_unix: z.number(),
    status: z.number(),
  }),
});

/** "Get Account Records Info" there. */
const recordsAnswer = z.object({
  account: z.string(),
  records: z.array(z.object({ key: z.string(), value: z.string() })),
});

/** "Error Code" there: the name has no account. */
const NO_ACCOUNT = 20007;

/** As Next.ID's users were told to name it: key `nextid` of the type `profile`. */
const RECORD_KEY = "profile.nextid";

/** A .bit name, by a record of its own. Its id is its owner's key: who sells a name does not sell who they are. */
export const dotbit = definePlatform({
  id: "dotbit",
  name: ".bit",
  identity: {
    rule: "a .bit name",
    // Names may be of any script, or emoji: the normal form refuses what is another way to write an ASCII letter.
    shapes: [
      /^@?([^\s/:@?#%]{1,120}\.[Bb][Ii][Tt])$/,
      /^(?:https?:\/\/)?(?:www\.)?d\.id\/([^\s/:@?#%]{1,120}\.[Bb][Ii][Tt])\/?$/,
    ],
    normalForm: bitName,
  },
  uri: "https://d.id/{identity}",
  template: "%COMPRESSED_PERSONA_PUBKEY_HEX%:%SIG_BASE64%",
  lookup: {
    kind: "http",
    ways: [
      {
        steps: [
          {
            origin: "https://indexer-v1.did.id",
            path: "/v1/account/info",
            body: { account: "{identity}" },
            always: true,
          },
          {
            origin: "https://indexer-v1.did.id",
            path: "/v1/account/records",
            body: { account: "{identity}" },
            always: true,
          },
        ],
        extract: ([info, records]) => readAccount(info, records),
      },
    ],
  },
  readProof: readRecord,
});

/** Lower case as far as ASCII goes; null where another text looks the same (UAX #15) or shows nothing (format characters). */
function bitName(value: string): string | null {
  const name = value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const isPlain = name.normalize("NFKC") === name && !/[\p{C}\p{Z}\p{Lu}]/u.test(name);
  return isPlain && name.split(".").every((label) => label !== "") ? name : null;
}

function readAccount(info: unknown, records: unknown): Post {
  const { account_info: account } = dataOf(info, infoAnswer);
  const found = dataOf(records, recordsAnswer);
  if (found.account !== account.account) throw new CheckError("soft", ".bit's indexer answered for another account");
  const texts = found.records.filter(({ key }) => key === RECORD_KEY).map(({ value }) => value);
  return {
    noun: "the name",
    handle: account.account,
    accountId: account.owner_key.toLowerCase(),
    title: `record ${RECORD_KEY}`,
    facts: { account_id: account.account_id_hex, expires_at: account.expired_at_unix, status: account.status },
    several: false,
    texts,
    ...(texts.length === 0 ? { absence: `the name has no record ${RECORD_KEY}` } : {}),
  };
}

function dataOf<T>(answer: unknown, data: z.ZodType<T>): T {
  const envelope = z.object({ errno: z.number(), errmsg: z.string(), data: z.unknown() }).safeParse(answer);
  const { errno, errmsg } = envelope.data ?? { errno: 0, errmsg: "" };
  if (errno === NO_ACCOUNT) throw new CheckError("medium", ".bit has no such account");
  if (errno !== 0) {
    throw new CheckError("soft", `.bit's indexer does not answer now (${errno} ${errmsg.slice(0, 60)})`);
  }
  const read = data.safeParse(envelope.data?.data);
  if (!read.success) throw new CheckError("soft", "the answer of .bit's indexer is not as its API documents it");
  return read.data;
}

/** A value `0x{compressed}:{signature}`; Next.ID's documentation has it without 0x. */
function readRecord(value: string): Published | null {
  const [, avatar, signature] = /^\s*((?:0x)?[0-9A-Fa-f]{66,130}):(.*)$/s.exec(value) ?? [];
  return avatar === undefined ? null : { avatar, signature: readSignature(signature!) };
}

import { type Link, isTwoSided, signPayload, signText, uuidFromBytes } from "@syngraph/sdk/protocol";

import { signAlias } from "./contractAliases.ts";
import { type LinkFields, type Person, type SignedLink, person, signLink, withV, withoutKey } from "./contractLinks.ts";
import type { Random } from "./contractRandom.ts";
import { NOW } from "./contractClock.ts";

/** Ranges of code points, by the length of their UTF-8: the edges of table 3-7 of the Unicode standard among them. */
const CODE_POINTS: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0x61, 0x7a],
  [0x80, 0x7ff],
  [0x800, 0xfff],
  [0x1000, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, 0x3ffff],
  [0x1f300, 0x1faff],
  [0x100000, 0x10ffff],
];

/** Characters that the contract refuses, and their neighbours, which it takes. */
const TROUBLESOME = [0, 9, 10, 0x1f, 0x20, 0x22, 0x26, 0x3c, 0x3e, 0x5c, 0x7f, 0x80, 0x2027, 0x2028, 0x2029, 0x202a];

const NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/** An identity that the contract takes: of one script, or of mixed ones. */
export function randomIdentity(random: Random): string {
  const ranges = random.once(2) ? [random.pick(CODE_POINTS)] : CODE_POINTS;
  const character = (): string => {
    const [low, high] = random.pick(ranges);
    const code = random.between(low, high);
    return TROUBLESOME.includes(code) ? "a" : String.fromCodePoint(code);
  };
  return random.text(random.pick([1, 4, 20, 32, 33, 64, 255]), character).slice(0, 255) || "a";
}

/** A platform that attesters look after, or one whose identities sign. */
export function randomPlatform(random: Random): string {
  if (random.once(3)) return random.pick(["ethereum", "solana", "nextid"]);
  if (random.once(2)) return random.pick(["twitter", "github", "dns", "das"]);
  return random.text(random.between(1, 32), () => random.pick([...NAME]));
}

/** A link that may or may not be one that the contract takes. */
export function randomLink(random: Random, avatar: Person): Link & { proofLocation: string } {
  const spoil = (text: string): string => {
    if (!random.once(3)) return text;
    const at = random.between(0, text.length);
    return text.slice(0, at) + String.fromCodePoint(random.pick(TROUBLESOME)) + text.slice(at);
  };
  const platform = spoil(randomPlatform(random));
  const identity = spoil(random.once(8) ? "x".repeat(random.between(250, 260)) : randomIdentity(random));
  return {
    action: random.pick(["create", "delete"]),
    platform: random.once(20) ? random.pick(["", "a".repeat(33), "GitHub", "é"]) : platform,
    identity: random.once(30) ? "" : identity.toWellFormed(),
    avatar: avatar.key.uncompressed,
    prev: random.once(2) ? null : randomSignature(random),
    createdAt: random.once(6)
      ? random.pick([0, 1, 999_999_999, 1e9, 9_999_999_999, 1e10, 2 ** 40 - 1])
      : random.between(1e9, 2 ** 31),
    uuid: uuidFromBytes(random.bytes(16)),
    proofLocation: spoil(
      random.text(random.pick([1, 31, 32, 33, 64]), () => String.fromCodePoint(random.between(0x21, 0x7e))),
    ),
  };
}

/** A chain of links that the contract takes, by one avatar. */
export function randomChain(random: Random, name: string, length: number): { avatar: Person; links: SignedLink[] } {
  const avatar = person(name);
  const links: SignedLink[] = [];
  let createdAt = random.between(1e9, NOW);
  for (let index = 0; index < length; index++) {
    const platform = randomPlatform(random);
    const action = random.pick(["create", "delete"] as const);
    const other = person(`${name} other ${random.between(1, 2)}`);
    const identities: Record<string, string> = { ethereum: other.wallet, nextid: other.key.compressed };
    createdAt = random.between(createdAt, NOW);
    const before = links.at(-1);
    const fields: LinkFields = {
      action,
      platform,
      identity: identities[platform] ?? randomIdentity(random),
      createdAt,
      uuid: uuidFromBytes(random.bytes(16)),
      proofLocation: random.once(2) ? "" : random.text(40, () => random.pick([..."abc/:.~!0"])),
      ...(platform in identities && action === "create" ? { cosigner: other } : {}),
      ...(before ? { after: published(before, random) } : {}),
    };
    const isAlias = platform === "nextid" && action === "create";
    const signed = isAlias ? signAlias(avatar, other, fields) : signLink(avatar, fields);
    // Needless public keys are left out.
    const keyIsNeeded = index === 0 || isTwoSided(platform) || random.once(2);
    links.push(keyIsNeeded ? signed : { ...signed, submission: withoutKey(signed.submission) });
  }
  return { avatar, links };
}

/** The same link, quoted with v as {0, 1} or as {27, 28}. */
function published(link: SignedLink, random: Random): SignedLink {
  if (random.once(2)) return link;
  const { canonical } = link.signature;
  const base64 = Buffer.from(canonical.slice(2), "hex").toString("base64");
  return { ...link, signature: { raw: canonical, base64, canonical } };
}

function randomSignature(random: Random): string {
  const { raw } = signText(random.bytes(32), signPayload({ ...UNSIGNED, createdAt: random.between(1e9, 2e9) }));
  const v = random.pick([0, 1, 27, 28]);
  return Buffer.from(withV(raw, v).slice(2), "hex").toString("base64");
}

const UNSIGNED: Link = {
  action: "create",
  platform: "twitter",
  identity: "somebody",
  avatar: "",
  prev: null,
  createdAt: NOW,
  uuid: "00000000-0000-0000-0000-000000000000",
};

import { fillTemplate } from "./template.ts";
import { type InputRule, type Platform, type PlatformDescription, PlatformInputError } from "./types.ts";

/** Gives a platform's description the methods that follow from its data. */
export function definePlatform(description: PlatformDescription): Platform {
  const { location } = description;
  return {
    ...description,
    needsPost: description.lookup !== undefined,
    normaliseIdentity: (raw) => normalise("identity", description.identity, raw),
    // On chain anything can be claimed, also what is no identity at all.
    uriOf: (identity, account) =>
      isNormal(description.identity, identity) ? fillUri(description.uri, { identity, account }) : null,
    postUriOf: (identity, place) => {
      if (!location || !isNormal(description.identity, identity) || !isNormalLocation(location, place)) return null;
      const { uri } = location;
      if (typeof uri === "function") return uri(identity, place);
      return uri === undefined ? place : fillUri(uri, { identity, location: place });
    },
    normaliseLocation: (raw) => (location ? normalise("proof_location", location, raw) : ""),
    postContent: (given) => {
      const draft = { ...given, typedIdentity: typedName(description.identity, given.typedIdentity) };
      const translated = Object.entries(description.translations ?? {});
      const texts = translated.map(([language, template]) => [language, fillTemplate(template, draft)]);
      return { default: fillTemplate(description.template, draft), ...Object.fromEntries(texts) };
    },
  };
}

/** Longest input that is looked at, in UTF-16 units: pasted URLs are shorter, and no expression runs on more. */
const MAX_INPUT = 2048;

/** As typed; of a pasted URL, the name in it. */
function typedName({ shapes }: InputRule, raw: string): string {
  const text = raw.trim();
  if (text.length > MAX_INPUT || !text.includes("/")) return raw;
  return shapes.map((shape) => shape.exec(text)?.[1]).find((name) => name !== undefined) ?? raw;
}

function isNormal({ shapes, normalForm }: InputRule, identity: string): boolean {
  if (identity.length > MAX_INPUT) return false;
  return shapes.some((shape) => shape.exec(identity)?.[1] === identity) && normalForm(identity) === identity;
}

/** Whoever brings a link on chain says where its post is, in any words. */
function isNormalLocation(rule: InputRule, location: string): boolean {
  try {
    return normalise("proof_location", rule, location) === location;
  } catch (error) {
    if (error instanceof PlatformInputError) return false;
    throw error;
  }
}

function fillUri(uri: PlatformDescription["uri"], slots: Readonly<Record<string, string>>): string | null {
  if (typeof uri !== "string") return uri?.(slots.identity!) ?? null;
  const names = [...uri.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  if (names.some((name) => !slots[name])) return null;
  return uri.replace(/\{(\w+)\}/g, (_slot, name: string) => encodeURIComponent(slots[name]!));
}

/** The normal form of what a user typed or pasted. @throws {PlatformInputError} */
export function normalise(
  field: PlatformInputError["field"],
  { rule, shapes, normalForm }: Pick<InputRule, "rule" | "shapes" | "normalForm">,
  raw: string,
): string {
  const text = raw.trim();
  if (text.length <= MAX_INPUT) {
    for (const shape of shapes) {
      const value = shape.exec(text)?.[1];
      const normal = value === undefined ? null : normalForm(value);
      if (normal !== null) return normal;
    }
  }
  throw new PlatformInputError(field, `${JSON.stringify(text.slice(0, 100))} is not ${rule}`);
}

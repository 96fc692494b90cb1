import { expect } from "chai";

import { platformOf } from "../../api/platforms/index.ts";
import { PlatformInputError } from "../../api/platforms/types.ts";

/** Inputs of one kind: what is read, with its normal form, and what is refused. */
export interface Inputs {
  accepted: readonly [raw: string, normal: string][];
  refused: readonly string[];
}

/** Adds a case for each input of a platform. A normal form is its own normal form. */
export function readsInputs(
  platform: string,
  field: "identity" | "proof_location",
  { accepted, refused }: Inputs,
): void {
  const normalise = (raw: string) => {
    const { normaliseIdentity, normaliseLocation } = platformOf(platform)!;
    return field === "identity" ? normaliseIdentity(raw) : normaliseLocation(raw);
  };
  for (const [raw, normal] of accepted) {
    it(`reads ${JSON.stringify(raw)} as ${normal}`, () => {
      expect(normalise(raw)).to.equal(normal);
      expect(normalise(normal)).to.equal(normal);
    });
  }
  for (const raw of refused) {
    it(`refuses ${JSON.stringify(raw.slice(0, 80))}`, () => {
      expect(() => normalise(raw))
        .to.throw(PlatformInputError)
        .with.property("field", field);
    });
  }
}

import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { type Person, person } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import {
  type Holder,
  accountHolder,
  authorizing,
  es256Holder,
  importing,
  renouncing,
  revoking,
  useSubkeys,
} from "../helpers/contractSubkeys.ts";

const STEPS = 600;

const seed = fuzzSeed();
const avatars = Array.from({ length: 6 }, (_, index) => person(`avatar ${index}`));
const holders = [accountHolder("laptop"), es256Holder("tablet")];

/** Something that was signed, and may be handed in at any time by anybody, and again. */
interface Signed {
  what: "authorize" | "import" | "revokeBySig" | "renounce";
  avatar: Person;
  holder: Holder;
  expiresAt: number;
  /** How many revocations of this subkey there had been, and the nonce, when it was signed. */
  era: number;
  nonce: number;
  used: boolean;
  handIn: () => Promise<ContractTransactionResponse>;
}

describe(`SubkeyRegistry, with signatures kept back and replayed (FUZZ_SEED=${seed})`, () => {
  const world = useSubkeys();

  it(`in ${STEPS} random steps revives nothing that was revoked, takes nothing twice, and stops no revocation`, async function () {
    this.timeout(120_000);
    const { registry } = world();
    const random = new Random(seed);
    const drawer: Signed[] = [];
    const eras = new Map<string, number>();
    const done: Record<string, number> = {};
    for (let step = 0; step < STEPS; step++) {
      if (drawer.length === 0 || random.once(3)) {
        drawer.push(await sign(random, eras));
        continue;
      }
      // Lately signed ones are likelier to be of use.
      const signed = random.once(2) ? random.pick(drawer.slice(-4)) : random.pick(drawer);
      const { what, avatar, holder, expiresAt } = signed;
      const key = avatar.address + holder.id;
      const era = eras.get(key) ?? 0;
      const before = await registry.authorizationOf(avatar.address, holder.id);
      const accepted = await isAccepted(signed.handIn());
      const after = await registry.authorizationOf(avatar.address, holder.id);
      const authorizes = what === "authorize" || what === "import";
      const mustBeAccepted = authorizes
        ? before.nonce === BigInt(signed.nonce) && (what === "authorize" || before.nonce === 0n)
        : before.nonce === BigInt(signed.nonce) ||
          (before.validUntil !== 0n && before.nonce === BigInt(signed.nonce) + 1n);
      if (accepted) {
        expect(signed.used, `step ${step}: ${what} twice`).to.equal(false);
        if (authorizes) expect(signed.era, `step ${step}: ${what} revived`).to.equal(era);
        expect(after.validUntil).to.equal(authorizes ? BigInt(expiresAt || 2n ** 64n - 1n) : 0n);
        expect(after.nonce).to.equal(before.nonce + 1n);
        if (!authorizes) eras.set(key, era + 1);
        signed.used = true;
        done[what] = (done[what] ?? 0) + 1;
      } else {
        expect(after, `step ${step}: refused, yet changed`).to.deep.equal(before);
      }
      // A subkey has nothing to renounce that is not authorised.
      const expected = mustBeAccepted && !(what === "renounce" && before.validUntil === 0n);
      expect(accepted, `step ${step}: ${what} ${signed.nonce} at ${before.nonce}`).to.equal(expected);
    }
    // Otherwise the walk makes too little of one kind for this test to mean anything.
    for (const what of ["authorize", "import", "revokeBySig", "renounce"]) {
      expect(done[what], what).to.be.greaterThan(0);
    }
  });

  /** Signs something for where the subkey stands now. */
  async function sign(random: Random, eras: Map<string, number>): Promise<Signed> {
    const { registry } = world();
    const [avatar, holder] = [random.pick(avatars), random.pick(holders)];
    const what = random.pick(["authorize", "authorize", "import", "revokeBySig", "renounce"] as const);
    const current = Number((await registry.authorizationOf(avatar.address, holder.id)).nonce);
    const nonce = what === "import" ? 0 : current;
    const expiresAt = what === "authorize" && random.once(2) ? NOW + 10_000_000 + random.between(0, 1000) : 0;
    const handIn = {
      authorize: () => registry.authorize(...authorizing(world(), avatar, holder, { nonce, expiresAt })),
      import: () => registry.importAuthorization(...importing(world(), avatar, holder)),
      revokeBySig: () => registry.revokeBySig(...revoking(world(), avatar, holder, nonce)),
      renounce: () => registry.renounce(...renouncing(world(), avatar, holder, nonce)),
    }[what];
    return {
      what,
      avatar,
      holder,
      expiresAt,
      era: eras.get(avatar.address + holder.id) ?? 0,
      nonce,
      used: false,
      handIn,
    };
  }
});

async function isAccepted(sent: Promise<ContractTransactionResponse>): Promise<boolean> {
  try {
    await (await sent).wait();
    return true;
  } catch (error) {
    // Everything in this test is refused for its turn; another reason is a fault of the test.
    expect(String(error)).to.match(/SubkeyRegistry(InvalidNonce|NotAuthorized)/);
    return false;
  }
}

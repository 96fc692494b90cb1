import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { PLATFORMS, platformOf } from "../../api/platforms/index.ts";
import { CheckError, type Evidence, PlatformInputError } from "../../api/platforms/types.ts";
import { HTTP_TROUBLES } from "../standins/troubles.ts";
import { CASES, type Case } from "./cases.ts";
import type { Fixture, Outcome } from "./fixtures/fixture.ts";
import { FIXTURES } from "./fixtures/index.ts";
import { type Scene, openScene } from "./scene.ts";

/** Deadline where an upstream is silent, in milliseconds. */
const SHORT = 150;

describe("every platform with posts", () => {
  it("has a fixture", () => {
    const withPosts = PLATFORMS.filter(({ needsPost }) => needsPost).map(({ id }) => id);
    expect([...new Set(FIXTURES.map(({ platform }) => platform))]).to.have.members(withPosts);
  });

  for (const fixture of FIXTURES) {
    describe([fixture.platform, fixture.variant].filter(Boolean).join(" of "), () => {
      let scene: Scene;
      beforeEach(async () => {
        scene = await openScene(fixture);
      });
      afterEach(() => scene.upstream.close());

      const { run, impossible } = casesOf(fixture);
      for (const it_ of run) {
        it(titleOf(it_, fixture), async () => {
          for (const { published, claim = scene.claim } of [it_.stage(scene)].flat()) {
            scene.upstream.publish(published);
            const look = scene.engineWith(tokenOf(fixture)).check(claim);
            if (it_.expected === "confirmed") expectEvidence(await confirmed(look), scene);
            else await expectOutcome(look, outcomeOf(fixture, it_.id, it_.expected));
          }
        });
      }

      for (const [trouble, outcome] of Object.entries(fixture.troubles ?? HTTP_TROUBLES)) {
        it(`takes an upstream that ${trouble} as ${severitiesOf(outcomeOf(fixture, trouble, outcome))}`, async () => {
          scene.upstream.publish(scene.post());
          scene.upstream.trouble(trouble);
          const silent = /never|half way|wrong id|garbage|another question/.test(trouble);
          const engine = scene.engineWith({ ...tokenOf(fixture), ...(silent ? { timeout: SHORT } : {}) });
          await expectOutcome(engine.check(scene.claim), outcomeOf(fixture, trouble, outcome));
          expect(scene.upstream.asked).to.be.greaterThan(0);
          expect(scene.upstream.strayed ?? 0, "requests to where a redirect points").to.equal(0);
        });
      }

      if (!impossible.includes("foreign location")) {
        it("refuses locations that point elsewhere, and asks nobody", async () => {
          scene.upstream.publish(scene.post());
          expect(fixture.foreignLocations).not.to.have.length(0);
          for (const location of fixture.foreignLocations) {
            const error = await scene.engine.check({ ...scene.claim, location }).catch((reason: unknown) => reason);
            expect(error, location).to.be.instanceOf(PlatformInputError).with.property("field", "proof_location");
          }
          expect(scene.upstream.asked).to.equal(0);
        });
      }

      if (fixture.token !== undefined && needsCredential(fixture)) {
        it("needs the upstream's credential, says so, and never tells it", async () => {
          const platform = platformOf(fixture.platform)!;
          scene.upstream.publish(scene.post());
          const without = scene.engineWith({});
          expect(without.statusOf(platform)).to.equal("needs credential");
          await expectOutcome(without.check(scene.claim), { severity: "soft", message: /no credential/ });
          expect(scene.upstream.asked).to.equal(0);
          const wrong = scene.engineWith({ token: "expired" }).check(scene.claim);
          await expectOutcome(wrong, outcomeOf(fixture, "refuses the credential", { severity: "soft" }));
          expect(scene.engine.statusOf(platform)).to.equal("live");
          const { record } = await scene.engine.check(scene.claim);
          expect(JSON.stringify(record)).not.to.include(fixture.token);
        });
      }

      it(`was put through ${run.length} cases; ${impossible.length} cannot happen here`, () => {
        expect(run.length + impossible.length).to.be.within(CASES.length, CASES.length + 1);
        for (const [id, reason] of Object.entries(fixture.impossible ?? {})) {
          expect(reason, id).to.match(/^.{10,}$/);
          expect([...CASES.map((it_) => it_.id), "foreign location"], "a case of this name").to.include(id);
        }
        for (const name of Object.keys(fixture.outcomes ?? {})) {
          const known = [...CASES.map(({ id }) => id), ...Object.keys(fixture.troubles ?? HTTP_TROUBLES)];
          expect(known, "a case or trouble of this name").to.include(name);
        }
      });
    });
  }
});

/** Whether there is no way to look without one. */
function needsCredential({ platform }: Fixture): boolean {
  const lookup = platformOf(platform)?.lookup;
  return lookup?.kind === "http" && lookup.ways.every(({ credential }) => credential && !credential.optional);
}

/** The cases that a platform goes through, and those that it declares impossible. */
function casesOf(fixture: Fixture): { run: readonly Case[]; impossible: readonly string[] } {
  const declared = Object.keys(fixture.impossible ?? {});
  const impossible = fixture.base1024 ? declared : [...declared, "emoji"];
  return { run: CASES.filter(({ id }) => !impossible.includes(id)), impossible };
}

function titleOf({ id, expected }: Case, fixture: Fixture): string {
  return expected === "confirmed" ? `confirms: ${id}` : `${severitiesOf(outcomeOf(fixture, id, expected))}: ${id}`;
}

function outcomeOf({ outcomes = {} }: Fixture, name: string, usual: Outcome): Outcome {
  return outcomes[name] ?? usual;
}

function severitiesOf({ severity }: Outcome): string {
  return [severity].flat().join(" or ");
}

function tokenOf({ token }: Fixture): { token?: string } {
  return token === undefined ? {} : { token };
}

async function confirmed(look: Promise<Evidence>): Promise<Evidence> {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    return expect.fail(`should be confirmed, and is ${error.severity}: ${error.message}`);
  }
}

async function expectOutcome(look: Promise<Evidence>, { severity, message = /./ }: Outcome): Promise<void> {
  const error = await look.then(
    ({ record }) => expect.fail(`should be ${String(severity)}, and is confirmed: ${JSON.stringify(record)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CheckError)) throw error;
  expect(error.message).to.match(message);
  expect(error.severity, `severity of "${error.message}"`).to.be.oneOf([severity].flat());
}

/** Everything that evidence says of the scene's own claim. */
function expectEvidence(evidence: Evidence, { fixture, upstream }: Scene): void {
  const { accountId, location, checkedAt, record } = evidence;
  expect(accountId, "accountId").to.equal(fixture.accountId);
  expect(location, "location").to.equal(fixture.canonicalLocation);
  expect(checkedAt, "checkedAt").to.be.closeTo(Math.floor(Date.now() / 1000), 60);
  expect(record.handle.toLowerCase(), "record.handle").to.equal(fixture.handle.toLowerCase());
  const file = readFileSync(join(import.meta.dirname, `../../api/platforms/${fixture.platform}.ts`));
  expect(record.description, "record.description").to.equal(hash("sha256", file));
  expect(record.answers, "record.answers").not.to.have.length(0);
  for (const { source, status, sha256 } of record.answers) {
    expect(source, "source").to.match(/^[a-z]+:/);
    expect(status, "status").not.to.equal("");
    expect(upstream.sent ?? [sha256], "what was sent").to.include(sha256);
  }
}

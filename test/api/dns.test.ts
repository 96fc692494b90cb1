import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Answer, type Person, get, newPerson, payload, post } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import type { DnsTrouble } from "../standins/dns.ts";
import { draftProof, expectError, expectRefused, filled, signedDelete, submit, submitWell } from "./proofs.ts";

describe("ProofService: dns", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });
  afterEach(() => test.dns.trouble(null));

  const draft = (person: Person, identity: string) =>
    draftProof(test, person, { action: "create", platform: "dns", identity });

  it("binds a domain by its TXT record, and takes it back without one", async () => {
    const person = newPerson();
    const made = await draft(person, "Alice.Example.COM.");
    const { uuid, created_at } = made.answer;
    expect(made.content).to.equal(`ps:true;v:1;sig:${made.signature.base64};ca:${created_at};uuid:${uuid};prev:null`);
    test.dns.publish("alice.example.com", [["v=spf1 -all"], [made.content]]);
    await submitWell(test, made);

    const { body } = await get(test.stack, "/v1/proof?platform=dns&identity=ALICE.example.com&exact=true");
    expect(body.ids.map(({ avatar }: { avatar: string }) => avatar)).to.deep.equal([person.key.compressed]);
    const name = { platform: "dns", identity: "alice.example.com" };
    expect(body.ids[0].proofs[0]).to.include({
      ...name,
      alt_id: "alice.example.com",
      is_valid: true,
      proof_location: "",
    });
    expect(await test.registry.isBound(person.key.address, "dns", "alice.example.com")).to.equal(true);

    test.dns.publish("alice.example.com", []);
    expect((await signedDelete(test, person, name)).status).to.equal(201);
    const [status] = await test.registry.statusOf(person.key.address, "dns", "alice.example.com");
    expect(status).to.equal(STATUS.deleted);
  });

  it("signs and reads names in other letters as A-labels", async () => {
    const person = newPerson();
    const made = await draft(person, "bücher.example");
    expect(JSON.parse(made.answer.sign_payload).identity).to.equal("xn--bcher-kva.example");
    test.dns.publish("xn--bcher-kva.example", [[made.content]]);
    await submitWell(test, made);
    const typed = encodeURIComponent("BÜCHER.example");
    const { body } = await get(test.stack, `/v1/proof?platform=dns&identity=${typed}&exact=true`);
    expect(body.ids.map(({ avatar }: { avatar: string }) => avatar)).to.deep.equal([person.key.compressed]);
  });

  it("reads a record of several strings as one, also where it quotes a link before it", async () => {
    const person = newPerson();
    const first = await draft(person, "first.example.com");
    test.dns.publish("first.example.com", [[first.content]]);
    await submitWell(test, first);
    const second = await draft(person, "second.example.com");
    expect(second.content).to.include(`prev:${JSON.parse(second.answer.sign_payload).prev}`);
    expect(second.content.length).to.be.greaterThan(200);
    test.dns.publish("second.example.com", [
      [second.content.slice(0, 7), second.content.slice(7, 99), second.content.slice(99)],
    ]);
    await submitWell(test, second);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(2n);
  });

  it("finds its record beside those of other avatars and of older links", async () => {
    const [person, other] = [newPerson(), newPerson()];
    const [old, made, theirs] = [
      await draft(person, "shared.example.com"),
      await draft(person, "shared.example.com"),
      await draft(other, "shared.example.com"),
    ];
    test.dns.publish("shared.example.com", [[theirs.content], [old.content], [made.content]]);
    await submitWell(test, made);
    await submitWell(test, theirs);
    for (const { key } of [person, other]) {
      expect(await test.registry.isBound(key.address, "dns", "shared.example.com")).to.equal(true);
    }
  });

  it("refuses a name without a record, and one whose record is for another uuid, and says which is there", async () => {
    const person = newPerson();
    const [made, other] = [await draft(person, "uuid.example.com"), await draft(person, "uuid.example.com")];
    const request = () => submit(test, made);
    await expectRefused(test, person, request, 400, "uuid.example.com has no TXT record");
    test.dns.publish("uuid.example.com", [["v=spf1 -all"]]);
    await expectRefused(test, person, request, 400, `no TXT record of uuid.example.com has uuid ${made.answer.uuid}`);
    test.dns.publish("uuid.example.com", [[other.content]]);
    await expectRefused(test, person, request, 400, `(there is ${other.answer.uuid})`);
  });

  it("refuses a record whose signature is of another key, over another text, or damaged", async () => {
    const [person, attacker] = [newPerson(), newPerson()];
    const made = await draft(person, "signed.example.com");
    const { sign_payload, uuid } = made.answer;
    const request = () => submit(test, made);
    const publish = (record: string) => test.dns.publish("signed.example.com", [[record]]);
    const resigned = (privateKey: string, text: string) => filled(made.answer, signText(privateKey, text));

    publish(resigned(attacker.privateKey, sign_payload));
    const whose = `was made by ${attacker.key.compressed} instead of ${person.key.compressed}`;
    await expectRefused(test, person, request, 400, whose);
    // The owner of the zone made a whole proof of their own, and put the victim's uuid and time into it.
    const own = await draft(attacker, "signed.example.com");
    publish(own.content.replace(own.answer.uuid, uuid).replace(/ca:\d+/, `ca:${made.answer.created_at}`));
    await expectRefused(test, person, request, 400, "signature of another key or over another text");
    publish(resigned(person.privateKey, sign_payload.replace('"create"', '"delete"')));
    await expectRefused(test, person, request, 400, "its action is delete instead of create");
    publish(made.content.replace(/sig:..../, "sig:"));
    await expectRefused(test, person, request, 400, "holds no signature of 65 bytes");
    publish(made.content.replace(/ca:\d+/, "ca:1700000000"));
    await expectRefused(test, person, request, 400, "its created_at is 1700000000");
    // Not even beside each other do they make one that is good; with the good one they do no harm.
    test.dns.publish("signed.example.com", [[resigned(attacker.privateKey, sign_payload)], [made.content]]);
    await submitWell(test, made);
  });

  it("answers 502 where the name server fails, refuses, is silent or makes no sense, and takes the same later", async () => {
    const person = newPerson();
    const made = await draft(person, "patient.example.com");
    test.dns.publish("patient.example.com", [[made.content]]);
    const troubles: DnsTrouble[] = ["fails", "refuses"];
    for (const trouble of troubles) {
      test.dns.trouble(trouble);
      await expectRefused(test, person, () => submit(test, made), 502, "TXT records of patient.example.com");
    }
    // These three end at a deadline of seconds, so they are under way at once, each with a name of its own: equal ones would be
    // one look. Each trouble lasts until the end.
    const silent = async () => {
      const answers: Promise<Answer>[] = [];
      for (const trouble of ["answers with a wrong id", "answers with garbage", "never answers"] as const) {
        const name = `${trouble.replaceAll(" ", "-")}.example.com`;
        const other = await draft(person, name);
        test.dns.publish(name, [[other.content]]);
        const asked = test.dns.questions.length;
        test.dns.trouble(trouble);
        answers.push(submit(test, other));
        while (test.dns.questions.length === asked) await new Promise((resolve) => setImmediate(resolve));
      }
      const [first, ...rest] = await Promise.all(answers);
      for (const answer of rest) expectError(answer, 502, "could not be read");
      return first!;
    };
    await expectRefused(test, person, silent, 502, "could not be read");
    test.dns.trouble(null);
    await submitWell(test, made);
  });

  it("asks for no name that is none, nor for an address", async () => {
    const person = newPerson();
    const asked = test.dns.questions.length;
    const { uuid, created_at } = await payload(test.stack, person, {
      action: "create",
      platform: "dns",
      identity: "any.example.com",
    });
    for (const identity of [
      ...["127.0.0.1", "169.254.169.254", "[::1]", "localhost", "0x7f.1", "a.com&name=b.com", "a.com/path", "a b.com"],
      ...["-a.com", "a..com", "*.example.com", "_x.example.com", "a.com:53", `${"a".repeat(64)}.com`, "ｅxample.com"],
      "a\u0000.com",
    ]) {
      const body = { action: "create", platform: "dns", identity, public_key: person.key.compressed };
      expectError(await post(test.stack, "/v1/proof/payload", body), 400, "is not a domain name");
      const submission = { ...body, uuid, created_at };
      await expectRefused(test, person, () => post(test.stack, "/v1/proof", submission), 400, "is not a domain name");
    }
    expect(test.dns.questions).to.have.length(asked);
  });
});

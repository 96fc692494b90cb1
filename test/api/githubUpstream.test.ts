import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";

import type { Answer } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import type { Outcome } from "../platforms/fixtures/fixture.ts";
import { HTTP_TROUBLES } from "../standins/troubles.ts";
import { ACCOUNT, fileOf, newGist, publishGist, publishedDraft } from "./gists.ts";
import { expectError, expectRefused, submit, submitWell } from "./proofs.ts";

describe("ProofService: what stands between it and github", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  describe("an upstream in trouble", () => {
    it("is answered with 502 or 400 and words, never 500, and the same submission is taken once it is over", async () => {
      const { person, made } = await publishedDraft(test, "patient");
      // What each trouble means is told in test/platforms; here are those after which nobody is asked again. The first ends
      // at a deadline of seconds, so all are under way at once.
      const names = ["never answers", "has no such post", "sends HTML", "sends without end"] as const;
      const under = [...names, "redirects to a private address" as const].map((name) => ({ name, gist: newGist() }));
      const answers: Promise<Answer>[] = [];
      for (const { name, gist } of under) {
        publishGist(test, "patient", person, made.content, gist);
        test.github.trouble(name);
        answers.push(submit(test, made, { proof_location: gist }));
        while (!test.github.requests.some(({ url }) => url.pathname === `/gists/${gist}`)) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      const all = async () => {
        for (const [index, { name }] of under.entries()) {
          const answer = await answers[index]!;
          const { severity, message = /./ }: Outcome = HTTP_TROUBLES[name];
          const statuses = [severity].flat().map((one) => (one === "soft" ? 502 : 400));
          expect(answer.status, name).to.be.oneOf(statuses);
          expectError(answer, answer.status, message);
          expect(answer.body.message, name).not.to.match(/node_modules|\.ts:|\bat \w+ \(/);
        }
        return answers[0]!;
      };
      await expectRefused(test, person, all, 502, /no whole answer within/);
      expect(test.github.strayed).to.equal(0);
      test.github.trouble(null);
      await submitWell(test, made, { proof_location: under[0]!.gist });
    });
    afterEach(() => test.github.trouble(null));
  });

  describe("a location that leads elsewhere", () => {
    let asked = 0;
    const canary = createServer((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    let inside = "";
    before(async () => {
      await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
      inside = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
    });
    after(() => canary.close());

    it("is refused, and nobody is asked", async () => {
      const { person, made, gist } = await publishedDraft(test, "ssrf");
      const requests = test.github.requests.length;
      for (const location of [
        ...[
          `http://${inside}/`,
          `//${inside}/${gist}`,
          `${inside}/${gist}`,
          "http://169.254.169.254/latest/meta-data/",
        ],
        ...[`https://gist.github.com@${inside}/${gist}`, `https://gist.github.com:443@${inside}/${gist}`],
        ...[`https://gist.github.com.evil.example/${gist}`, `https://evil.example/gist.github.com/${gist}`],
        ...["file:///etc/passwd", `../users/ssrf`, `..%2f..%2fuser`, `${gist}/../../user`, `${gist}?x=1`],
        ...[`${gist}#@${inside}`, `${gist}\r\nHost: ${inside}`, `${gist}\u0000`, `${gist}/comments`, "", " "],
      ]) {
        const request = () => submit(test, made, { proof_location: location });
        await expectRefused(test, person, request, 400, /^proof_location: .* is not a gist's id or its address/s);
      }
      expect(test.github.requests).to.have.length(requests);
      expect(asked).to.equal(0);
    });

    it("is not followed where the upstream names it as the rest of a shortened file", async () => {
      const { person, made, gist } = await publishedDraft(test, "shortened");
      const shortened = { owner: { login: "shortened", id: ACCOUNT }, files: { [fileOf(person)]: made.content } };
      test.github.publish(gist, { ...shortened, shortened: { rawOrigin: `http://${inside}` } });
      const request = () => submit(test, made, { proof_location: gist });
      await expectRefused(test, person, request, 502, "which is not the platform's");
      expect(asked).to.equal(0);
      // At the platform's own place it is read whole.
      test.github.publish(gist, { ...shortened, shortened: {} });
      await submitWell(test, made, { proof_location: gist });
    });
  });
});

import {
  ATTESTER_REGISTRY_ABI,
  type Link,
  bindingKey,
  linkId,
  packAttestations,
  parseSignature,
  recoverAttester,
  recoverWitnesses,
  toSubmission,
  unpackAttestations,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Contract, NonceManager, Wallet } from "ethers";

import { readDeployments } from "../../scripts/lib/deploy.ts";
import type { AttesterRegistry, ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { ACCOUNT, draftGist, newGist, publishGist, publishedDraft } from "../api/gists.ts";
import { type Draft, draftProof, expectRefused, rowsOf, submit } from "../api/proofs.ts";
import { ATTESTER, append, claim, mined, now, somebody, strangersRegistry } from "../api/stranger.ts";
import { type Answer, type Person, get, newPerson, post, proofBody } from "../helpers/api.ts";
import { type Person as Signer, attest, person } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";
import { type HostilePeer, type Lie, WORTHLESS, startHostilePeer } from "../standins/peer.ts";

/** anvil's first published key: the admin of the local chain. */
const ADMIN = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** Who attests here: the stack's node, another honest one, and one whose operator has turned. */
const [SECOND, LIAR] = [person("second node"), person("lying node")];

/** What a node itself says of a link. */
const wordOf = (node: { apiUrl: string }, { person: who, fields, answer, signature }: Draft, rest: object) =>
  post(node, "/v1/attestations", {
    ...proofBody(who, fields, answer, { extra: { signature: signature.base64 } }),
    ...{ peers: false, prev: null, ...rest },
  });

/** The link of a draft that is an avatar's first one. */
const idOf = ({ person: { key }, fields, answer, signature }: Draft): string => {
  const { uuid, created_at } = answer;
  const link: Link = { ...fields, avatar: key.compressed, prev: null, createdAt: Number(created_at), uuid };
  return linkId(link, signature.raw);
};

/** Lets a link be looked at again, after a failed look a day ago where there has to be one. */
const lookAgain = (test: TestStack, made: Draft, strikes: number) =>
  rowsOf(
    test.stack.databaseUrl,
    `UPDATE api.checks SET next_due = 0, strikes = $2::smallint,
       first_failed_at = CASE WHEN $2 > 0 THEN last_checked_at - 86400 END
     WHERE link_id = $1`,
    [idOf(made), strikes],
  );

describe("three nodes, of which two make a quorum", function () {
  this.timeout(60_000);
  let test: TestStack;
  let attesters: AttesterRegistry;
  let strangers: ProofRegistry;
  let liar: HostilePeer;
  let second: Node | undefined;

  before(async () => {
    test = await sharedStack();
    strangers = await strangersRegistry(test);
    const [deployment] = await readDeployments(test.stack.deploymentsDir);
    const { address } = deployment!.contracts.AttesterRegistry;
    const admin = new NonceManager(new Wallet(ADMIN, test.provider));
    attesters = new Contract(address, ATTESTER_REGISTRY_ABI, admin) as unknown as AttesterRegistry;
    const [port, liarsPort] = test.peerPorts;
    await mined(test, (await attesters.addAttester(SECOND.address, `http://127.0.0.1:${port}`, "")).hash);
    await mined(test, (await attesters.addAttester(LIAR.address, `http://127.0.0.1:${liarsPort}`, "")).hash);
    await mined(test, (await attesters.setQuorum("github", 2)).hash);
    await mined(test, (await attesters.setQuorum("dns", 3)).hash);
    liar = await startHostilePeer({ privateKey: LIAR.privateKey, port: liarsPort, victim: test.stack.apiUrl });
    await startSecond();
    // The node remembers for some seconds who attests.
    const { person: somebodyElse, made, gist } = await publishedDraft(test, "quorum-known");
    await until(async () => (await kitOf(somebodyElse, made, gist)).body.attestations.length === 2);
  });
  after(async () => {
    await mined(test, (await attesters.setQuorum("github", 0)).hash);
    await mined(test, (await attesters.setQuorum("dns", 0)).hash);
    await mined(test, (await attesters.removeAttester(SECOND.address)).hash);
    await mined(test, (await attesters.removeAttester(LIAR.address)).hash);
    await stopSecond();
    await liar.close();
    // Other tests on this stack expect that it makes a quorum alone.
    const { person: somebodyElse, made, gist } = await publishedDraft(test, "quorum-forgotten");
    await until(async () => (await kitOf(somebodyElse, made, gist)).body.quorum === 1);
  });

  async function startSecond(): Promise<void> {
    const [port, liarsPort] = test.peerPorts;
    second ??= await startNode(test, {
      name: "second",
      port,
      env: {
        ...{ ATTESTER_KEY: SECOND.privateKey, ATTEST_TIMEOUT_MS: "3000", WATCH_INTERVAL_MS: "250" },
        ATTESTER_PEERS: `${test.stack.apiUrl},http://127.0.0.1:${liarsPort}`,
      },
    });
  }

  async function stopSecond(): Promise<void> {
    await second?.stop();
    second = undefined;
  }

  /** What POST /v1/attestations answers of a gist. */
  const kitOf = (who: Person, { fields, answer }: Draft, gist: string, rest: object = {}): Promise<Answer> =>
    post(test.stack, "/v1/attestations", { ...proofBody(who, fields, answer, { proof_location: gist }), ...rest });

  const statusOf = async ({ key }: Person, identity: string, platform = "github") =>
    (await test.registry.statusOf(key.address, platform, identity))[0];

  /** Who stands for an avatar's first link on chain. */
  async function signersOf({ key }: Person): Promise<string[]> {
    const [log] = await test.registry.queryFilter(test.registry.filters.LinkAppended(key.address));
    const { linkId: id, proof } = log!.args;
    return recoverWitnesses({ linkId: id, found: true }, proof).map(({ attester }) => attester);
  }

  /** What the watcher thinks of a link. */
  const watched = async (id: string) =>
    (
      await rowsOf<{ tries: number; outcome: string }>(
        test.stack.databaseUrl,
        "SELECT tries, outcome FROM api.claim_watch WHERE link_id = $1 AND outcome <> ''",
        [id],
      )
    )[0];

  describe("of which one lies", () => {
    const lies: Lie[] = [
      "signs everything",
      "signs another link under this one's name",
      "sends without end",
      "never answers",
    ];
    for (const lie of lies) {
      it(`binds by the two others where it ${lie}`, async () => {
        liar.lie(lie);
        const login = `quorum-${lies.indexOf(lie)}`;
        const { person: who, made, gist } = await publishedDraft(test, login);
        const answer = await submit(test, made, { proof_location: gist });
        expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
        expect(await statusOf(who, login)).to.equal(STATUS.confirmed);
        const signers = await signersOf(who);
        expect(signers).to.include(ATTESTER.address).and.to.have.length(2);
        if (lie !== "signs everything") expect(signers).to.include(SECOND.address);
      });
    }
  });

  describe("of which one is dead", () => {
    before(stopSecond);
    after(startSecond);

    for (const lie of WORTHLESS.filter((name) => name !== "never answers")) {
      it(`has no use for a word of the other where it ${lie}`, async () => {
        liar.lie(lie);
        const { person: who, made, gist } = await publishedDraft(test, `quorum-lie-${WORTHLESS.indexOf(lie)}`);
        const asked = liar.questions.length;
        const { status, body } = await kitOf(who, made, gist);
        expect(status, JSON.stringify(body)).to.equal(200);
        expect(liar.questions.length, "it was asked").to.be.greaterThan(asked);
        expect(liar.strays).to.deep.equal([]);
        expect(body.quorum).to.equal(2);
        expect(body.attestations.map(({ attester }: { attester: string }) => attester)).to.deep.equal([
          ATTESTER.wallet,
        ]);
      });
    }

    it("tells the operator of it", async () => {
      const metrics = await (await fetch(`${test.stack.apiUrl}/metrics`)).text();
      const [port, liarsPort] = test.peerPorts;
      const gauge = (name: string, at: number) =>
        Number(
          metrics.match(new RegExp(`^syngraph_${name}\\{peer="http://127\\.0\\.0\\.1:${at}"\\} (\\S+)$`, "m"))?.[1],
        );
      expect(gauge("peer_failures", port)).to.be.greaterThan(0);
      expect(gauge("peer_failures", liarsPort)).to.be.greaterThan(0);
      expect(gauge("peer_last_success_seconds", port)).to.be.within(now() - 600, now());
    });

    it("makes a claim, and says what is missing", async () => {
      liar.lie("answers for another link");
      const { person: who, made, gist } = await publishedDraft(test, "quorum-claim");
      const answer = await submit(test, made, { proof_location: gist });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202);
      expect(answer.body).to.deep.equal({ status: "claimed", attestations: 1, quorum: 2 });
      expect(await signersOf(who)).to.deep.equal([ATTESTER.address]);
      expect(await statusOf(who, "quorum-claim")).to.equal(STATUS.claimed);
      expect((await get(test.stack, answer.headers.get("location")!)).body).to.include({
        ...{ state: "included", status: "claimed", attestations: 1, quorum: 2 },
      });
    });

    it("counts one attester once, also under two names", async () => {
      liar.lie("signs everything");
      const who = newPerson();
      const fields = { action: "create", platform: "dns", identity: "two-names.example" } as const;
      const made = await draftProof(test, who, fields);
      test.dns.publish("two-names.example", [[made.content]]);
      const asked = liar.questions.length;
      const answer = await submit(test, made);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202);
      expect(answer.body).to.deep.equal({ status: "claimed", attestations: 2, quorum: 3 });
      expect(liar.questions.length - asked, "it was asked under both").to.be.greaterThan(1);
      expect(await signersOf(who)).to.have.members([ATTESTER.address, LIAR.address]);
    });

    it("confirms by the watcher, once the dead one is back", async () => {
      liar.lie("signs nothing");
      const { person: who, made, gist } = await publishedDraft(test, "quorum-later");
      expect((await submit(test, made, { proof_location: gist })).status).to.equal(202);
      await until(async () => (await watched(idOf(made))) !== undefined);
      expect((await watched(idOf(made)))!.outcome).to.include("1 of 2 attesters stand for it");
      await startSecond();
      // Time passes.
      await rowsOf(test.stack.databaseUrl, "UPDATE api.claim_watch SET next_at = now() WHERE link_id = $1", [
        idOf(made),
      ]);
      await until(async () => (await statusOf(who, "quorum-later")) === STATUS.confirmed);
      await stopSecond();
    });
  });

  describe("of which one signs everything, and what is forged", () => {
    before(() => liar.lie("signs everything"));

    /** Gists that prove nothing, by what they are. */
    const FORGED: Record<string, (who: Person, login: string, made: Draft) => string> = {
      "a post by another author": (who, _login, { content }) => publishGist(test, "mallory", who, content),
      "a post that was edited": (who, login, { content }) =>
        publishGist(test, login, who, JSON.stringify({ ...JSON.parse(content), signature: strangersSignature() })),
      "a post that is not there": () => newGist(),
    };

    for (const [name, forge] of Object.entries(FORGED)) {
      it(`takes ${name} neither from the API nor from the chain`, async () => {
        const login = `forged-${Object.keys(FORGED).indexOf(name)}`;
        const who = newPerson();
        const made = await draftGist(test, who, login);
        const gist = forge(who, login, made);
        const words =
          /belongs to mallory|is for another link|carries a signature|holds|Not Found|does not exist|404|is not there/;
        await expectRefused(test, who, () => submit(test, made, { proof_location: gist }), 400, words);
        await expectRefused(test, who, () => kitOf(who, made, gist), 400, words);
        for (const node of [test.stack, second!]) {
          const location = { proof_location: gist, account_id: String(ACCOUNT) };
          await expectRefused(test, who, () => wordOf(node, made, location), 400, words);
        }

        // Past the API, with the liar's word on it.
        const { uuid, created_at } = made.answer;
        const link: Link = {
          ...made.fields,
          ...{ avatar: who.key.compressed, prev: null, createdAt: Number(created_at), uuid },
        };
        const id = idOf(made);
        const lie = liar.word({ linkId: id, accountId: String(ACCOUNT) });
        const proof = packAttestations(String(ACCOUNT), [lie]);
        const front = toSubmission(link, {
          ...{ signature: made.signature.raw, withKey: true, proof, proofLocation: gist },
        });
        await mined(test, (await strangers.append(front)).hash);
        await until(async () => (await watched(id)) !== undefined);
        expect((await watched(id))!.outcome).to.match(words);
        expect(await statusOf(who, login)).to.equal(STATUS.claimed);

        // The liar with somebody else.
        const key = bindingKey(who.key.address, "github", login);
        const both = attest([LIAR, somebody()], { linkId: id, accountId: String(ACCOUNT), checkedAt: now() });
        expect(await refusalOf(() => strangers.confirm.staticCall(key, id, gist, both))).to.equal(
          "ProofRegistryNoQuorum",
        );
      });
    }
  });

  describe("whose attestations one may take oneself", () => {
    before(() => liar.lie("signs nothing"));

    it("gives all that the contract asks for, and keeps nothing", async () => {
      const { person: who, made, gist } = await publishedDraft(test, "own-wallet");
      const { status, body } = await kitOf(who, made, gist);
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body).to.include({
        ...{ link_id: idOf(made), account_id: String(ACCOUNT), proof_location: gist, quorum: 2, method: "append" },
        ...{ binding_key: bindingKey(who.key.address, "github", "own-wallet"), proof: body.submission.proof },
      });
      const signers = body.attestations.map(
        ({ attester, checked_at, signature }: { attester: string; checked_at: string; signature: string }) => {
          const statement = {
            linkId: idOf(made),
            found: true,
            accountId: String(ACCOUNT),
            checkedAt: Number(checked_at),
          };
          const signer = recoverAttester(statement, signature);
          expect(attester).to.equal(signer.toLowerCase());
          return signer;
        },
      );
      expect(signers).to.have.members([ATTESTER.address, SECOND.address]);
      expect(unpackAttestations(body.proof).attestations).to.have.length(2);
      const stored = await rowsOf(test.stack.databaseUrl, "SELECT id FROM api.submission WHERE uuid = $1", [
        made.answer.uuid,
      ]);
      expect(stored).to.deep.equal([]);
      expect(await test.registry.lengthOf(who.key.address)).to.equal(0n);

      await mined(test, (await strangers.append(body.submission)).hash);
      expect(await statusOf(who, "own-wallet")).to.equal(STATUS.confirmed);
    });

    it("serves a wallet too, which nobody has to attest", async () => {
      const [who, wallet] = [newPerson(), Wallet.createRandom()];
      const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
      const made = await draftProof(test, who, fields);
      const wallet_signature = wallet.signMessageSync(made.answer.sign_payload);
      const extra = { signature: made.signature.base64, wallet_signature };
      const { status, body } = await post(
        test.stack,
        "/v1/attestations",
        proofBody(who, fields, made.answer, { extra }),
      );
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body).to.deep.include({ quorum: 0, attestations: [], account_id: "", method: "append" });
      await mined(test, (await strangers.append(body.submission)).hash);
      expect(await statusOf(who, wallet.address.toLowerCase(), "ethereum")).to.equal(STATUS.confirmed);
    });

    it("takes the asker's word for what comes before, where the index does not know it", async () => {
      const who = newPerson();
      const made = await draftGist(test, who, "continued");
      const prev = parseSignature(new Wallet(who.privateKey).signMessageSync("an earlier link")).base64;
      const { uuid, created_at } = made.answer;
      const link: Link = {
        ...made.fields,
        ...{ avatar: who.key.compressed, prev, createdAt: Number(created_at), uuid },
      };
      const signed = claim(signerOf(who), link);
      const content = { ...JSON.parse(made.content), signature: signed.signature.base64, sign_payload: signed.text };
      const gist = publishGist(test, "continued", who, JSON.stringify(content));
      const { status, body } = await kitOf(who, made, gist, { prev });
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body.link_id).to.equal(signed.id);
      expect(body.attestations).to.have.length(2);
      expect((await kitOf(who, made, gist)).status, "without it").to.equal(400);
      expect((await kitOf(who, made, gist, { prev: "AAAA" })).body.message).to.include("error when decoding prev");
    });
  });

  describe("of which each speaks for itself alone", () => {
    before(() => liar.lie("signs nothing"));

    it("signs for nobody who did not sign the link, and for nothing that has no post", async () => {
      const { person: who, made, gist } = await publishedDraft(test, "oracle");
      const attacker = newPerson();
      const cases: [object, string][] = [
        [{ extra: { signature: new Wallet(attacker.privateKey).signMessageSync("x") } }, "bad signature"],
        [{ account_id: "666" }, "666"],
        [{ uuid: "00000000-0000-4000-8000-000000000000" }, "bad signature"],
        [{ public_key: attacker.key.compressed }, "bad signature"],
        [{ identity: "torvalds" }, "bad signature"],
        [{ platform: "ethereum", identity: Wallet.createRandom().address }, "the other side signs itself"],
        [{ action: "delete" }, "only a create is attested"],
        [{ platform: "nowhere" }, "platform not supported"],
        [{ peers: "no" }, "peers"],
      ];
      for (const [rest, words] of cases) {
        const request = () => wordOf(test.stack, made, { proof_location: gist, ...rest });
        await expectRefused(test, who, request, 400, words);
      }
      const asked = liar.questions.length;
      const word = await wordOf(test.stack, made, { proof_location: gist });
      expect(word.status, JSON.stringify(word.body)).to.equal(200);
      expect(word.body).to.include({ found: true, link_id: idOf(made), account_id: String(ACCOUNT), reason: "" });
      expect(liar.questions.length, "peers are not asked").to.equal(asked);
    });

    it("says that a post is gone only of what it saw there, and only if it stays so", async () => {
      const { person: who, made, gist } = await publishedDraft(test, "vanishing");
      const elsewhere = publishGist(test, "mallory", who, made.content);
      const ask = (location: string, rest: object = {}) =>
        wordOf(second!, made, { account_id: String(ACCOUNT), proof_location: location, ...rest });
      // Never seen: no look at another place makes it gone.
      const unseen = await ask(elsewhere);
      expect(unseen.status, JSON.stringify(unseen.body)).to.equal(400);

      const bound = await submit(test, made, { proof_location: gist });
      expect(bound.status, JSON.stringify(bound.body)).to.equal(201);
      for (const wrong of [elsewhere, "https://attacker.example/"]) {
        expect((await ask(wrong)).body, wrong).to.include({ found: true, proof_location: gist });
      }

      const vanish = () => test.github.publish(gist, { owner: { login: "vanishing", id: ACCOUNT }, files: {} });
      vanish();
      test.github.trouble("fails");
      const unable = await ask(gist);
      test.github.trouble(null);
      expect(unable.status, JSON.stringify(unable.body)).to.equal(502);
      for (const time of ["first", "second"]) {
        const soon = await ask(gist);
        expect(soon.status, `${time} ${JSON.stringify(soon.body)}`).to.equal(409);
        expect(soon.body.message).to.include("hours apart");
      }
      // A day passes.
      await rowsOf(
        test.stack.databaseUrl,
        "UPDATE api.checks SET first_failed_at = first_failed_at - 86400 WHERE link_id = $1",
        [idOf(made)],
      );
      const gone = await ask(gist);
      expect(gone.status, JSON.stringify(gone.body)).to.equal(200);
      const { link_id, account_id, checked_at, signature, found } = gone.body;
      expect({ link_id, account_id, found }).to.deep.equal({ link_id: idOf(made), account_id: "", found: false });
      const statement = { linkId: link_id, found, accountId: account_id, checkedAt: Number(checked_at) };
      expect(recoverAttester(statement, signature)).to.equal(SECOND.address);

      // Back again, it has to be missed anew.
      publishGist(test, "vanishing", who, made.content, gist);
      expect((await ask(gist)).body).to.include({ found: true });
      vanish();
      expect((await ask(gist)).status).to.equal(409);
    });
  });

  describe("which look again", () => {
    before(() => liar.lie("signs nothing"));

    it("suspend together what both see gone, and reinstate what is back", async () => {
      const { person: who, made, gist } = await publishedDraft(test, "seen-gone");
      expect((await submit(test, made, { proof_location: gist })).status).to.equal(201);
      const isAt = (status: bigint) => async () => (await statusOf(who, "seen-gone")) === status;
      const asOf = async () => Number((await test.registry.statusOf(who.key.address, "github", "seen-gone"))[1]);
      // What is to count must be newer, in whole seconds.
      const later = async () => now() > (await asOf());

      test.github.publish(gist, { owner: { login: "seen-gone", id: ACCOUNT }, files: {} });
      await until(later);
      await lookAgain(test, made, 1);
      await until(isAt(STATUS.suspended));
      const key = bindingKey(who.key.address, "github", "seen-gone");
      const [suspended] = await test.registry.queryFilter(test.registry.filters.BindingSuspended(key));
      const { linkId: id, attestations } = suspended!.args;
      const witnesses = recoverWitnesses({ linkId: id, found: false }, attestations);
      expect(witnesses.map(({ attester }) => attester)).to.have.members([ATTESTER.address, SECOND.address]);

      publishGist(test, "seen-gone", who, made.content, gist);
      await until(later);
      await lookAgain(test, made, 0);
      await until(isAt(STATUS.confirmed));
    });
  });

  describe("which watch the chain", () => {
    before(() => liar.lie("signs everything"));

    it("confirm what was appended past the API, once", async () => {
      const { person: who, made, gist } = await publishedDraft(test, "past-the-api");
      const { body } = await kitOf(who, made, gist);
      await mined(test, (await strangers.append({ ...body.submission, proof: "0x" })).hash);
      await until(async () => (await statusOf(who, "past-the-api")) === STATUS.confirmed);
      const key = bindingKey(who.key.address, "github", "past-the-api");
      const events = await test.registry.queryFilter(test.registry.filters.BindingConfirmed(key));
      expect(events).to.have.length(1);
      expect(events[0]!.args.proofLocation).to.equal(gist);
      expect(unpackAttestations(events[0]!.args.attestations).attestations).to.have.length(2);
    });

    it("confirm a domain, whose proof has no location, by all three", async () => {
      const who = somebody();
      const signed = claim(who, { platform: "dns", identity: "watched.example" });
      const { uuid, createdAt } = signed.link;
      const record = `ps:true;v:1;sig:${signed.signature.base64};ca:${createdAt};uuid:${uuid};prev:null`;
      test.dns.publish("watched.example", [[record]]);
      await append(test, [signed]);
      const confirmed = async () =>
        (await test.registry.statusOf(who.address, "dns", "watched.example"))[0] === STATUS.confirmed;
      await until(confirmed);
    });

    it("look at so many claims of one avatar in an hour, and at none whose location is none", async () => {
      const who = somebody();
      const links = [
        claim(who, { platform: "github", identity: "hopeless", proofLocation: "https://attacker.example/" }),
      ];
      const gists = Array.from({ length: 12 }, newGist);
      for (const [index, gist] of gists.entries()) {
        const fields = { platform: "github", identity: `burning-${index}`, proofLocation: gist };
        links.push(claim(who, { ...fields, after: links.at(-1)! }));
      }
      await append(test, links);
      const states = () =>
        rowsOf<{ tries: number; postponed: boolean; given_up: boolean; outcome: string }>(
          test.stack.databaseUrl,
          `SELECT tries, next_at > now() + interval '30 minutes' AND tries = 0 AS postponed,
             next_at = 'infinity' AS given_up, outcome
           FROM api.claim_watch WHERE avatar = $1`,
          [who.wallet],
        );
      await until(async () => {
        const rows = await states();
        return rows.length === 13 && rows.every(({ tries, postponed }) => tries > 0 || postponed);
      });
      const rows = await states();
      expect(rows.filter(({ given_up, outcome }) => given_up && outcome.includes("attacker.example"))).to.have.length(
        1,
      );
      expect(rows.filter(({ postponed }) => postponed)).to.have.length(2);
      const looks = gists.map(
        (gist) => test.github.requests.filter(({ url }) => url.pathname === `/gists/${gist}`).length,
      );
      expect(looks.toSorted()).to.deep.equal([0, 0, ...Array<number>(10).fill(1)]);
    });
  });
});

/** An API client's person as one who signs links. */
function signerOf({ privateKey, key }: Person): Signer {
  return { privateKey, key, address: key.address, wallet: key.address.toLowerCase() };
}

/** Somebody's, of something else. */
function strangersSignature(): string {
  return Wallet.createRandom().signMessageSync("anything");
}

/** Why the contract refuses a call; empty where it does not. */
async function refusalOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "";
  } catch (error) {
    return (error as { revert?: { name: string } }).revert?.name ?? String(error);
  }
}

import type { ServerResponse } from "node:http";

import {
  Avatar,
  type AvatarReading,
  type BindingSnapshot,
  type BindingStep,
  InputError,
  Syngraph,
  SyngraphError,
  TrustError,
  WalletError,
} from "@syngraph/sdk";
import type { PayloadReply, ProofSubmission } from "@syngraph/sdk/client";
import { encodeBase1024, linkId, parsePublicKey, signAttestation, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, getBytes } from "ethers";

import { draftFromChain } from "../../sdk/src/binding/draft.ts";
import { failure } from "./failure.ts";
import { StubApi, accepted } from "./stubApi.ts";
import { reply, useStubServer } from "./stubServer.ts";

const UUID = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
const MALLORY = Avatar.create();

/** A lie that changes fields of the text to sign. */
const alter = (change: Record<string, unknown>) => (payload: PayloadReply) => ({
  ...payload,
  sign_payload: JSON.stringify({ ...(JSON.parse(payload.sign_payload) as object), ...change }),
});

/** A lie that has something else published. */
const publishing = (post: (payload: PayloadReply) => string) => (payload: PayloadReply) => ({
  ...payload,
  post_content: { default: post(payload) },
});

/** A post as on X. */
const tweet = ({ uuid, created_at }: PayloadReply) =>
  `🎭 Verify @alice with @NextDotID.\nSig: %SIG_BASE64%\nMisc: ${uuid}|${created_at}|`;

/** A chain whose last link is dated so. */
const readerOf = (createdAt: number) => ({
  chain: async () =>
    ({ links: [{ sequence: 1, signature: MALLORY.sign("a"), link: { createdAt } }] }) as unknown as AvatarReading,
});

/** Base64 without its end, in pieces. */
const words = (base64: string) =>
  base64
    .slice(0, -1)
    .match(/.{1,9}/g)!
    .join(" ");

describe("SDK: a server that lies", () => {
  const server = useStubServer();
  let avatar: Avatar;
  let api: StubApi;
  let syngraph: Syngraph;
  beforeEach(() => {
    avatar = Avatar.create();
    api = new StubApi(server);
    syngraph = new Syngraph({ api: server.origin });
  });

  const bind = (platform: string, identity: string) => syngraph.bind(avatar, { platform, identity });

  describe("about what to sign", () => {
    const [wallet, other] = [Wallet.createRandom().address.toLowerCase(), Wallet.createRandom().address.toLowerCase()];
    const future = "1999999999";
    const LIES: [string, (payload: PayloadReply) => PayloadReply, string][] = [
      ["another action", alter({ action: "delete" }), `its action is "delete"`],
      ["another identity", alter({ identity: other }), "its identity is"],
      ["another platform", alter({ platform: "nextid" }), `its platform is "nextid"`],
      ["another avatar", alter({ persona: MALLORY.publicKey }), "its persona is"],
      ["a prev that is none", alter({ prev: "AAAA" }), "its prev is neither"],
      ["a uuid that is not the reply's", alter({ uuid: UUID }), "its uuid is"],
      ["a time that is not the reply's", alter({ created_at: "1770000000" }), "its created_at is"],
      ["a time far ahead", (payload) => ({ ...alter({ created_at: future })(payload), created_at: future }), "off"],
      ["a field more", alter({ zz: "all" }), "its zz is"],
      ["no JSON", (payload) => ({ ...payload, sign_payload: "I owe you" }), "no JSON object"],
    ];
    for (const [what, lie, message] of LIES) {
      it(`gets no signature for ${what}`, async () => {
        api.lie = lie;
        const error = await failure(bind("ethereum", wallet), TrustError);
        expect(error.code).to.equal("untrusted");
        expect(error.message).to.include("nothing was signed").and.to.include(message);
      });
    }

    it("gets none that is good only later, where it is an RPC that dates the last link ahead", async () => {
      const wish = {
        action: "create" as const,
        platform: "ethereum",
        identity: wallet,
        avatar: parsePublicKey(avatar.publicKey),
      };
      const error = await failure(draftFromChain(readerOf(Number(future)), wish), TrustError);
      expect(error.message).to.include("nothing was signed").and.to.include(future);
      const soon = Math.floor(Date.now() / 1000) + 60;
      expect((await draftFromChain(readerOf(soon), wish)).link.createdAt).to.equal(soon);
    });

    it("is not asked about what is no identity at all", async () => {
      const bad: [string, string][] = [
        ["ethereum", "0x12"],
        ["ethereum", `0xAb${"ab".repeat(19)}`],
        ["nextid", "0x02"],
        ["solana", "0OIl"],
        ["dns", "a/b"],
        ["dns", "a.org:80"],
        ["dns", "user@a.org"],
        ["github", ""],
        ["Git Hub", "alice"],
      ];
      for (const [platform, identity] of bad) await failure(bind(platform, identity), InputError);
      expect(server.received).to.deep.equal([]);
    });
  });

  describe("about what to publish", () => {
    const base64 = MALLORY.sign("anything");
    const LIES: [string, (payload: PayloadReply) => string][] = [
      ["nothing", () => ""],
      ["no place for the signature", () => "Hello @NextDotID"],
      ["two places", (payload) => `${tweet(payload)} %SIG_BASE64%`],
      ["another signature", (payload) => `Sig: ${base64}\n${tweet(payload)}`],
      [
        "another signature in emoji",
        (payload) => `${encodeBase1024(Buffer.from(base64, "base64"))}\n${tweet(payload)}`,
      ],
      // As attesters read them, and Telegram and the fediverse show them: blanks, styles and marks of bold are passed over.
      ["another signature in lines", (payload) => `Sig: ${base64.match(/.{1,30}/g)!.join("\n")}\n${tweet(payload)}`],
      ["another signature in bold", (payload) => `Sig: ${base64.match(/.{1,9}/g)!.join("**")}\n${tweet(payload)}`],
      ["another signature with styles", (payload) => `Sig: ${[...base64].join("\ufe0f")}\n${tweet(payload)}`],
      [
        "another signature in emoji with styles and words between",
        (payload) =>
          `${[...encodeBase1024(Buffer.from(base64, "base64"))].join("\ufe0f")}\n${tweet(payload)}`.replace(
            "\ufe0f",
            " a ",
          ),
      ],
      ["another signature whose end is written as HTML", (payload) => `Sig: ${words(base64)}&#61;\n${tweet(payload)}`],
      ["another uuid", (payload) => tweet({ ...payload, uuid: UUID })],
      ["another account", (payload) => tweet(payload).replace("@alice", "@mallory")],
      ["another account behind a wide @", (payload) => `${tweet(payload)} \uff20mallory`],
      ["another avatar's key", (payload) => `${tweet(payload)} ${MALLORY.publicKey}`],
      ["an address to go to", (payload) => `${tweet(payload)} https://evil.example`],
      ["an address that platforms find by themselves", (payload) => `Claim at .evil.example\n${tweet(payload)}`],
      ["a script", (payload) => `${tweet(payload)} javascript:alert(1)`],
      ["letters that are not seen", (payload) => `${tweet(payload)}\u200b`],
      ["letters beyond what is seen", (payload) => `${tweet(payload)}\u{e0041}\u{e0042}`],
      ["half a character", (payload) => `${tweet(payload)}\ud83c`],
      ["letters in another direction", (payload) => `\u202e${tweet(payload)}`],
      ["a book", (payload) => `${tweet(payload)} ${"word ".repeat(1_000)}`],
    ];
    for (const [what, post] of LIES) {
      it(`finds ${what}`, async () => {
        api.lie = publishing(post);
        const error = await failure(bind("twitter", "alice"), TrustError);
        expect(error.message).to.include("nothing is to be published");
      });
    }

    it("finds another's signature that it calls the one before, or that a short name would take apart", async () => {
      // Whoever reads the post would find that MALLORY has the account.
      api.prev = base64;
      api.lie = publishing((payload) => `Sig: ${base64}\n${tweet(payload)}${base64}`);
      const called = await failure(bind("twitter", "alice"), TrustError);
      expect(called.message).to.include("another signature");
      let [count, signature] = [0, base64];
      // As many tries as a liar likes.
      while (signature.split("a").some((piece) => piece.length >= 40)) signature = MALLORY.sign(String(count++));
      api.lie = publishing((payload) => `Sig: ${signature}\n${tweet(payload).replace("@alice", "@a")}`);
      expect((await failure(bind("twitter", "a"), TrustError)).message).to.include("another signature");
    });

    it("finds it in other languages too", async () => {
      api.lie = (payload) => ({
        ...payload,
        post_content: { default: tweet(payload), zh_CN: tweet(payload).replace("@alice", "@mallory") },
      });
      await failure(bind("twitter", "alice"), TrustError);
    });

    it("lets pass what fits, with the signature filled in", async () => {
      api.prev = signText(Wallet.createRandom().privateKey, "a link before").base64;
      api.lie = (payload) => ({
        ...payload,
        post_content: {
          default: `${tweet(payload)}${api.prev}`,
          zh_CN: `由 @NextDotID 验证 @Alice 。${tweet(payload)}`,
        },
      });
      const binding = await bind("twitter", "https://x.com/Alice");
      const { contents } = binding.publishing!.post;
      expect(contents.default)
        .to.include(`Sig: ${avatar.sign(binding.text)}\n`)
        .and.to.include(api.prev);
      expect(contents.zh_CN).to.include(avatar.sign(binding.text));

      const sig = "Sig: %SIG_BASE64%";
      const powered = "Powered by Next.ID - Connect All Digital Identities.\n";
      const honest: [string, string, (payload: PayloadReply) => string][] = [
        [
          "telegram",
          "my_channel",
          () => `🎭 Verifying my Telegram ID @My_Channel for @NextDotID.\n${sig}\n\n${powered}`,
        ],
        ["discord", "john.doe.42", () => `Verifying my discord ID: john.doe.42#0 on NextID. \n${sig}`],
        ["discord", "a=b#1234", () => `Verifying my discord ID: a=b#1234 on NextID. \n${sig}`],
        [
          "steam",
          "76561197960287930",
          ({ uuid, created_at: at }) => `NextID proof: %SIG_BASE64%:${at}:${uuid}:${api.prev}`,
        ],
        [
          "activitypub",
          "alice@social.example",
          ({ uuid, created_at: at }) =>
            `Validate my ActivityPub identity @Alice@social.example for Avatar ${avatar.publicKey}:\n\n` +
            `Signature: %SIG_BASE64%\nUUID: ${uuid}\nPrevious: ${api.prev}\nCreatedAt: ${at}\n\n${powered}`,
        ],
        ["dotbit", "alice.bit", () => "%COMPRESSED_PERSONA_PUBKEY_HEX%:%SIG_BASE64%"],
      ];
      for (const [platform, identity, post] of honest) {
        api.lie = publishing(post);
        const { publishing: filled } = await bind(platform, identity);
        expect(filled!.post.contents.default, platform).not.to.include("%");
      }
    });

    it("compares every field of a gist and of a record", async () => {
      const lies: [string, string, (post: string) => string][] = [
        ["dns", "example.com", (post) => post.replace(/uuid:[^;]*/, `uuid:${UUID}`)],
        ["dns", "example.com", (post) => `${post};x:y`],
        ["github", "alice", (post) => post.replace(avatar.publicKey, MALLORY.publicKey)],
        ["github", "alice", (post) => post.replace(`"version"`, `"i_hereby_sell": "all", "version"`)],
        ["github", "alice", (post) => post.replace(`"Here's`, `"See https://evil.example. Here's`)],
        ["github", "alice", (post) => post.replace(`"Here's`, `"%SIG_BASE64% Here's`)],
        ["github", "alice", (post) => post.replace(`"1"`, `{"a": 1}`)],
        // Of a name that is there twice, most programs see the last value, and a reader the first.
        ["github", "alice", (post) => post.replace(`"version"`, `"comment": "I give up my account", "version"`)],
        ["github", "alice", (post) => post.replace(`"signature"`, `"signature": "${MALLORY.sign("x")}", "signature"`)],
        ["github", "alice", () => "no json"],
      ];
      for (const [platform, identity, lie] of lies) {
        api.lie = publishing((payload) => lie(payload.post_content.default!));
        const error = await failure(bind(platform, identity), TrustError);
        expect(error.message, String(lie)).to.include("nothing is to be published");
      }
    });
  });

  describe("about what became of it", () => {
    const [wallet, otherLink] = [Wallet.createRandom(), `0x${"11".repeat(32)}`];

    async function cosigned() {
      const binding = await bind("ethereum", wallet.address);
      binding.cosign(await wallet.signMessage(binding.text));
      return binding;
    }

    it("is noticed where it tells of another submission or link", async () => {
      for (const lie of [{ uuid: UUID }, { link_id: otherLink }, { link_id: null }]) {
        api.verdicts = [accepted];
        api.states = [{ state: "included", ...lie }];
        const binding = await cosigned();
        expect((await failure(binding.submit(), TrustError)).message).to.include("another submission");
        expect(binding.step.name).to.equal("submit");
      }
    });

    it("is asked again after replies that are lost, huge, broken or of another kind", async () => {
      const binding = await cosigned();
      const honest = server.handler;
      const broken: ((response: ServerResponse) => void)[] = [
        (response) => void response.destroy(),
        (response) => reply(response, 500, { message: "down" }),
      ];
      for (const answer of broken) {
        server.handler = (_request, response) => answer(response);
        expect(await failure(binding.submit(), SyngraphError)).to.include({ retryable: true });
        expect(binding.step.name).to.equal("submit");
      }
      const unreadable: [string, (response: ServerResponse) => void][] = [
        ["longer than", (response) => response.writeHead(201).end(" ".repeat(17 * 1024 * 1024))],
        ["no JSON", (response) => response.writeHead(201).end("<html>")],
        ["no object", (response) => reply(response, 201, [])],
      ];
      for (const [message, answer] of unreadable) {
        server.handler = (_request, response) => answer(response);
        const error = await failure(binding.submit(), SyngraphError);
        expect(error.code).to.equal("bad_reply");
        expect(error.message).to.include(message);
      }
      server.handler = honest;
      await binding.submit();
      expect(await binding.wait()).to.include({ name: "done" });
    });

    it("is believed about refusals, with their reason", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "refused", reason: "stale head" }];
      const binding = await cosigned();
      expect(await binding.submit()).to.deep.equal({ name: "refused", reason: "stale head" });
      expect(await binding.wait()).to.deep.equal({ name: "refused", reason: "stale head" });
      await failure(async () => binding.cosign("0x"), InputError);
    });

    it("leaves a claim a claim, after some patience", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "included", status: "claimed", attestations: 1, quorum: 2 }];
      const binding = await cosigned();
      expect(await binding.submit()).to.include({ name: "pending", state: "claimed", attestations: 1, quorum: 2 });
      expect(await binding.wait({ claimTimeoutMs: 0 })).to.include({ name: "done", claimed: true });
      api.states = [{ state: "included" }];
      expect(await binding.wait()).to.include({ name: "done", claimed: false });
    });

    it("that is away for a moment takes back nothing that it said", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "sent" }];
      const binding = await cosigned();
      expect(await binding.submit()).to.include({ name: "pending", state: "sent" });
      const honest = server.handler;
      server.handler = (_request, response) => {
        server.handler = honest;
        api.states = [{ state: "included" }];
        reply(response, 503, { message: "away" });
      };
      const seen: string[] = [];
      const onProgress = (step: BindingStep) => void seen.push(step.name === "pending" ? step.state : step.name);
      expect(await binding.wait({ onProgress })).to.include({ name: "done" });
      expect(seen).to.deep.equal(["sent", "done"]);
    });

    it("is not waited for without end", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "accepted" }];
      const binding = await cosigned();
      await binding.submit();
      expect(await failure(binding.wait({ timeoutMs: 0 }), SyngraphError)).to.include({
        code: "timeout",
        retryable: true,
      });
      const ended = failure(binding.wait({ signal: AbortSignal.timeout(20) }), SyngraphError);
      expect((await ended).code).to.equal("aborted");
      expect(binding.step).to.include({ name: "pending", state: "accepted" });
    });
  });

  describe("about attesters", () => {
    const attester = Wallet.createRandom();
    const checkedAt = Math.floor(Date.now() / 1000);

    /** What the server says that attesters say of the last link. */
    async function checked(lie: (id: string) => { link_id: string; signed: string; attester: string }, times = 1) {
      api = new StubApi(server);
      const binding = await bind("dns", "example.com");
      const { link_id, signed, attester: named } = lie(binding.linkId);
      const said = { linkId: signed, found: true, accountId: "example.com", checkedAt };
      server.handler = (_request, response) =>
        reply(response, 200, {
          ...{ link_id, account_id: "example.com", proof_location: "", quorum: 1, proof: "0x", method: "append" },
          ...{ binding_key: "0x", submission: {}, preparation: "" },
          attestations: Array.from({ length: times }, () => {
            return {
              attester: named,
              checked_at: String(checkedAt),
              signature: signAttestation(attester.privateKey, said),
            };
          }),
        });
      return binding.check();
    }

    it("is believed where they signed that", async () => {
      const result = await checked((id) => ({ link_id: id, signed: id, attester: attester.address }));
      expect(result).to.deep.include({ found: true, attestations: 1, quorum: 1 });
    });

    it("is not where they signed something else, somebody else did, or it is of another link", async () => {
      const other = `0x${"22".repeat(32)}`;
      const { address } = Wallet.createRandom();
      await failure(
        checked((id) => ({ link_id: id, signed: other, attester: attester.address })),
        TrustError,
      );
      await failure(
        checked((id) => ({ link_id: id, signed: id, attester: address })),
        TrustError,
      );
      await failure(
        checked(() => ({ link_id: other, signed: other, attester: attester.address })),
        TrustError,
      );
    });

    it("is not where it counts one of them twice", async () => {
      const error = await failure(
        checked((id) => ({ link_id: id, signed: id, attester: attester.address }), 2),
        TrustError,
      );
      expect(error.message).to.include("twice");
    });
  });

  describe("a snapshot", () => {
    const wallet = Wallet.createRandom();
    let saved: BindingSnapshot;
    beforeEach(async () => {
      const binding = await bind("ethereum", wallet.address);
      binding.cosign(await wallet.signMessage(binding.text));
      saved = JSON.parse(JSON.stringify(binding)) as BindingSnapshot;
    });

    it("has nothing secret in it, and goes on where it was", async () => {
      expect(JSON.stringify(saved)).to.not.include(avatar.exportKey().slice(2));
      const binding = await syngraph.resume({ publicKey: avatar.publicKey }, saved);
      expect(binding.step.name).to.equal("submit");
      expect(binding.toJSON()).to.deep.equal(saved);
      await binding.submit();
      const later = await syngraph.resume(avatar, JSON.parse(JSON.stringify(binding)) as BindingSnapshot);
      expect(await later.wait()).to.include({ name: "done", linkId: linkId(binding.link, binding.signature) });
    });

    it("that was tampered with is not gone on with", async () => {
      const link = (change: object) => ({ ...saved, link: { ...saved.link, ...change } });
      const other = Wallet.createRandom();
      // Its text does not name the avatar.
      const domain = (await bind("dns", "example.com")).toJSON();
      const tampered: object[] = [
        link({ action: "delete" }),
        link({ identity: other.address.toLowerCase() }),
        link({ platform: "dns" }),
        link({ uuid: UUID }),
        link({ createdAt: saved.link.createdAt + 1 }),
        link({ prev: MALLORY.sign("a") }),
        link({ prev: "x" }),
        link({ avatar: MALLORY.publicKey }),
        { ...saved, signature: MALLORY.sign("a") },
        { ...saved, signature: saved.signature.slice(0, -4) },
        { ...saved, version: 2 },
        { ...saved, posts: { default: 1 } },
        { ...saved, location: null },
        { ...saved, outcome: { name: "rich" } },
        { ...saved, link: null },
      ];
      for (const snapshot of tampered) {
        const error = await failure(syngraph.resume(avatar, snapshot as BindingSnapshot), TrustError);
        expect(error.message, JSON.stringify(snapshot)).to.include("cannot be resumed");
      }
      await failure(syngraph.resume(MALLORY, saved), TrustError);
      const nobodys = { ...domain, link: { ...domain.link, avatar: "nobody" } };
      await failure(syngraph.resume({ publicKey: nobodys.link.avatar }, nobodys), TrustError);
      for (const value of [null, "text", []]) await failure(syngraph.resume(avatar, value as never), TrustError);
      const forged = { ...saved, cosignature: await other.signMessage("x") };
      await failure(syngraph.resume(avatar, forged), WalletError);
      expect(api.handed).to.deep.equal([]);
    });

    it("whose post was exchanged shows it to nobody", async () => {
      const binding = await bind("dns", "example.com");
      const snapshot = binding.toJSON();
      await failure(syngraph.resume(avatar, { ...snapshot, posts: { default: "%SIG_BASE64%" } }), TrustError);
      await failure(syngraph.resume(avatar, { ...snapshot, posts: {} }), TrustError);
    });

    it("that says it is done is asked about again", async () => {
      const done = { name: "done", linkId: `0x${"00".repeat(32)}`, chainId: 1, txHash: "0x", block: 1, claimed: false };
      const binding = await syngraph.resume(avatar, { ...saved, outcome: done } as BindingSnapshot);
      expect(binding.step.name).to.equal("pending");
    });
  });

  it("hands in what both sides signed, and nothing else", async () => {
    const wallet = Wallet.createRandom();
    const binding = await bind("ethereum", wallet.address);
    binding.cosign(await wallet.signMessage(binding.text));
    await binding.submit();
    const { submission, signedByAvatar, signedByWallet } = api.handed[0]!;
    expect({ signedByAvatar, signedByWallet }).to.deep.equal({ signedByAvatar: true, signedByWallet: true });
    const { extra, ...fields } = submission as ProofSubmission;
    const { action, platform, identity, uuid, createdAt } = binding.link;
    const expected = { action, platform, identity, uuid, public_key: avatar.publicKey, created_at: String(createdAt) };
    expect(fields).to.deep.equal({ ...expected, proof_location: "" });
    expect(getBytes(Buffer.from(extra!.wallet_signature!, "base64"))).to.have.length(65);
  });
});

import { readFile } from "node:fs/promises";

import type { ChainItem } from "@syngraph/sdk/client";
import { head, parsePublicKey, publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, encodeBase64 } from "ethers";

import { aliasStep, signRelease, signReleaseOf, walletStep } from "../browser/signedChain.ts";
import vectors from "../vectors/nextid.json" with { type: "json" };
import { REAL_CHAINS, expectEnd, freshChain, useImportRuns } from "./importRuns.ts";

const BINARYHB = "0x03bce884894fdc4fb45475733be317dd3c289f003bceebb097ac79a6b95e6edc56";
/** The contract's `Status`. */
const STATUS = { CLAIMED: 1, CONFIRMED: 2, DELETED: 3 };

interface ArweaveDocument {
  avatar: string;
  platform: string;
  identity: string;
  created_at: string;
  signature: string;
  signature_payload: string;
  uuid: string;
}

/** The vector of that name. */
function vector(id: string) {
  const found = vectors.signatures.find((signature) => signature.id === id);
  if (!found) throw new Error(`there is no vector ${id}`);
  return found as typeof found & { fields: Record<string, string> };
}

/** A vector as an Arweave document. */
function documentOf(id: string): ArweaveDocument & Record<string, unknown> {
  const { fields, public_key_compressed, signature_base64, message } = vector(id);
  const { platform = "", identity = "", uuid = "" } = fields;
  const created_at = String(fields.created_at ?? "");
  const avatar = public_key_compressed;
  return {
    avatar,
    action: fields.action ?? "",
    platform,
    identity,
    created_at,
    uuid,
    extra: {},
    proof_location: "",
    signature: signature_base64,
    signature_payload: message,
  };
}

describe("import", function () {
  this.timeout(120_000);
  const runs = useImportRuns();

  describe("real chains of Next.ID", () => {
    it("are those of the vectors", async () => {
      const documents = JSON.parse(await readFile(REAL_CHAINS, "utf8")) as ArweaveDocument[];
      for (const document of documents) {
        const source = vectors.signatures.find(({ signature_base64 }) => signature_base64 === document.signature)!;
        const { avatar, platform, identity, created_at, signature_payload, uuid } = documentOf(source.id);
        expect(document).to.include({ avatar, platform, identity, created_at, signature_payload, uuid });
      }
    });

    it("go in, in the order of prev and not of the file, and twice changes nothing", async () => {
      expectEnd(await runs.file(REAL_CHAINS), 0, "7 appended, 0 already there, 0 refused");
      for (const { avatar, platform, identity } of JSON.parse(
        await readFile(REAL_CHAINS, "utf8"),
      ) as ArweaveDocument[]) {
        expect(await runs.statusOf(avatar, platform, identity)).to.equal(STATUS.CLAIMED);
      }
      expect(await runs.lengthOf(BINARYHB)).to.equal(2);
      const lastHead = head(vector("chain_binaryhb_B").signature_base64).slice(0, 50);
      expect(await runs.chain.registry.getFunction("headOf").staticCall(parsePublicKey(BINARYHB).address)).to.equal(
        lastHead,
      );

      const block = await runs.chain.provider.getBlockNumber();
      expectEnd(await runs.file(REAL_CHAINS), 0, "0 appended, 7 already there, 0 refused");
      expect(await runs.chain.provider.getBlockNumber()).to.equal(block);
    });

    it("cannot go in where the text is of the first generation, and says so", async () => {
      const finished = await runs.value(["legacy_yeiwb_no_uuid", "legacy_keybase_nykma"].map(documentOf));
      expectEnd(finished, 1, "0 appended, 0 already there, 2 refused");
      expect(finished.stdout.match(/first generation, without uuid/g)).to.have.length(2);
    });

    it("cannot go in behind a cut, where prev is null again", async () => {
      const finished = await runs.value([documentOf("johndic_playground2"), documentOf("johndic_1704278694")]);
      expectEnd(finished, 1, "0 appended, 1 already there, 1 refused");
      expect(finished.stdout).to.match(/refused .*6f1fa69c.*: its prev is null, though/);
    });
  });

  describe("a chain as an API serves it", () => {
    const WALLET = Wallet.createRandom().privateKey;
    const wallet = publicKeyOf(WALLET).address.toLowerCase();

    it("goes in whole; a wallet is confirmed at once, an account stays claimed", async () => {
      const { avatar, items } = freshChain([
        { platform: "github", identity: "alice", location: "abc123" },
        walletStep(WALLET),
        { platform: "dns", identity: "example.com", location: "not printable: \u0007" },
        { action: "delete", platform: "github", identity: "alice" },
      ]);
      const finished = await runs.items(items.toReversed(), avatar);
      expectEnd(finished, 0, "4 appended, 0 already there, 0 refused");
      expect(finished.stdout).to.match(/ethereum 0x[0-9a-f]{40} \S+: confirmed$/m);
      expect(finished.stdout).to.match(/dns example\.com \S+: claimed, left out proof_location/);
      expect(await runs.statusOf(avatar, "ethereum", wallet)).to.equal(STATUS.CONFIRMED);
      expect(await runs.statusOf(avatar, "dns", "example.com")).to.equal(STATUS.CLAIMED);
      expect(await runs.statusOf(avatar, "github", "alice")).to.equal(STATUS.DELETED);
      expectEnd(await runs.items(items, avatar), 0, "0 appended, 4 already there, 0 refused");
    });

    it("takes an alias along by the other avatar's signature, in hex or Base64, and its release", async () => {
      const other = Wallet.createRandom().privateKey;
      const step = aliasStep(other);
      const identity = publicKeyOf(other).compressed;
      for (const form of [(hex: string) => hex, (hex: string) => hex.slice(2), (hex: string) => encodeBase64(hex)]) {
        const { privateKey, avatar, items } = freshChain([step]);
        const asSent = ({ extra, ...item }: ChainItem) => ({
          ...item,
          extra: { ...extra, target_signature: form(extra.target_signature!) },
        });
        const finished = await runs.items(items.map(asSent), avatar);
        expectEnd(finished, 0, "1 appended, 0 already there, 0 refused");
        expect(finished.stdout).to.match(/ nextid 0x[0-9a-f]{66} \S+: confirmed$/m);
        const all = [...items, signReleaseOf(privateKey, step, items)].map(asSent);
        expectEnd(await runs.items(all, avatar), 0, "1 appended, 1 already there, 0 refused");
        expect(await runs.statusOf(avatar, "nextid", identity)).to.equal(STATUS.DELETED);
        expectEnd(await runs.items(all, avatar), 0, "0 appended, 2 already there, 0 refused");
      }
    });

    it("goes on where it was interrupted", async () => {
      const { avatar, items } = freshChain(
        ["a", "b", "c"].map((name) => ({ platform: "dns", identity: `${name}.example.com` })),
      );
      expectEnd(await runs.items(items.slice(0, 2), avatar), 0, "2 appended, 0 already there, 0 refused");
      expectEnd(await runs.items(items, avatar), 0, "1 appended, 2 already there, 0 refused");
      expect(await runs.lengthOf(avatar)).to.equal(3);
    });

    it("takes a wallet's release along, once", async () => {
      const { privateKey, avatar, items } = freshChain([walletStep(WALLET)]);
      const release = signRelease(privateKey, WALLET, items);
      const all = [release, ...items];
      expectEnd(await runs.items(all, avatar), 0, "2 appended, 0 already there, 0 refused");
      expect(await runs.statusOf(avatar, "ethereum", wallet)).to.equal(STATUS.DELETED);
      expect(await runs.lengthOf(avatar)).to.equal(1);
      expectEnd(await runs.items(all, avatar), 0, "0 appended, 2 already there, 0 refused");
    });

    it("takes a release as Next.ID has it, with the wallet's signature in the avatar's place", async () => {
      const { privateKey, avatar, items } = freshChain([walletStep(WALLET)]);
      const release = signRelease(privateKey, WALLET, items);
      const asNextId = { ...release, signature: release.extra.wallet_signature! };
      expectEnd(await runs.items([...items, asNextId], avatar), 0, "2 appended, 0 already there, 0 refused");
      expect(await runs.statusOf(avatar, "ethereum", wallet)).to.equal(STATUS.DELETED);
    });

    it("goes in where Next.ID left the signed texts out", async () => {
      const { avatar, items } = freshChain([
        { platform: "steam", identity: "76561198092541763" },
        { platform: "steam", identity: "76561198092541764" },
      ]);
      const bare = items.map((item) => Object.assign({}, item, { signature_payload: "", prev: undefined }));
      const finished = await runs.value({ proof_chain: bare }, avatar);
      expectEnd(finished, 0, "2 appended, 0 already there, 0 refused");
    });
  });
});

import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import express from "express";

import { type Config, readConfig } from "../../api/config.ts";
import { signatureHeaders } from "../../api/platforms/httpSignature.ts";
import { answerError } from "../../api/routes/http.ts";
import { instanceActorRoutes } from "../../api/routes/instanceActor.ts";
import { serve } from "../../api/routes/route.ts";

const PUBLIC_URL = "https://id.example.org";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

async function start(instanceActor: Config["instanceActor"]): Promise<{ server: Server; origin: string }> {
  const app = express();
  app.use(serve(instanceActorRoutes({ instanceActor })));
  app.use(answerError);
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("the instance actor", () => {
  const folder = mkdtempSync(join(tmpdir(), "deployments-"));
  writeFileSync(
    join(folder, "31337.json"),
    JSON.stringify({
      chainId: 31337,
      contracts: { ProofRegistry: { address: "0x1", block: 0 }, AttesterRegistry: { address: "0x2" } },
    }),
  );
  after(() => rmSync(folder, { recursive: true }));

  function instanceActorOf(change: Record<string, string>) {
    const environment = { DATABASE_URL: "postgres://127.0.0.1", RPC_URL_31337: "http://127.0.0.1" };
    return readConfig({ ...environment, DEPLOYMENTS_DIR: folder, ...change }).instanceActor;
  }

  describe("readConfig", () => {
    it("takes a key in PEM, also where its line breaks are written out", () => {
      for (const ACTIVITYPUB_KEY of [pem, pem.replaceAll("\n", "\\n")]) {
        const actor = instanceActorOf({ ACTIVITYPUB_KEY, PUBLIC_URL })!;
        expect(actor).to.include({ id: `${PUBLIC_URL}/actor`, keyId: `${PUBLIC_URL}/actor#main-key` });
        expect(actor.privateKey.equals(privateKey)).to.equal(true);
      }
    });

    it("has none without a key", () => {
      expect(instanceActorOf({ PUBLIC_URL })).to.equal(undefined);
    });

    it("refuses a key that nobody could find, or verify", () => {
      const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
      const other = ec.export({ type: "pkcs8", format: "pem" }).toString();
      expect(() => instanceActorOf({ ACTIVITYPUB_KEY: pem })).to.throw("PUBLIC_URL must say");
      for (const ACTIVITYPUB_KEY of [
        other,
        "secret",
        createPublicKey(privateKey).export({ type: "spki", format: "pem" }),
      ]) {
        expect(() => instanceActorOf({ ACTIVITYPUB_KEY: String(ACTIVITYPUB_KEY), PUBLIC_URL }))
          .to.throw("ACTIVITYPUB_KEY: must be a private RSA key in PEM")
          .with.property("message")
          .that.does.not.include("secret");
      }
    });
  });

  describe("signatureHeaders", () => {
    it("signs path, host and time", () => {
      const keyId = `${PUBLIC_URL}/actor#main-key`;
      const headers = signatureHeaders(new URL("https://social.example/notes/1?x=1"), { keyId, privateKey });
      const [, signature] = /^keyId="https:.*",algorithm="rsa-sha256",headers=".*",signature="(.+)"$/.exec(
        headers.Signature,
      )!;
      expect(Math.abs(Date.parse(headers.Date) - Date.now())).to.be.lessThan(60_000);
      const verifies = (path: string) => {
        const text = `(request-target): get ${path}\nhost: social.example\ndate: ${headers.Date}`;
        return verify("sha256", Buffer.from(text), createPublicKey(privateKey), Buffer.from(signature!, "base64"));
      };
      expect(verifies("/notes/1?x=1")).to.equal(true);
      expect(verifies("/notes/2?x=1")).to.equal(false);
    });
  });

  describe("its routes", () => {
    let server: Server;
    let origin: string;

    before(async () => {
      ({ server, origin } = await start(instanceActorOf({ ACTIVITYPUB_KEY: pem, PUBLIC_URL })));
    });

    after(() => server.close());

    const finger = (resource: string) => fetch(`${origin}/.well-known/webfinger${resource}`);

    it("publish the public key, and never the private one", async () => {
      const response = await fetch(`${origin}/actor`);
      expect(response.headers.get("content-type")).to.match(/^application\/activity\+json/);
      const text = await response.text();
      const actor = JSON.parse(text) as { id: string; publicKey: { owner: string; publicKeyPem: string } };
      expect(actor.id).to.equal(`${PUBLIC_URL}/actor`);
      expect(actor.publicKey.owner).to.equal(actor.id);
      expect(createPublicKey(actor.publicKey.publicKeyPem).equals(createPublicKey(privateKey))).to.equal(true);
      expect(text).not.to.include("PRIVATE");
    });

    it("find it by WebFinger, and no other account", async () => {
      const found = await finger(`?resource=${encodeURIComponent("acct:syngraph@id.example.org")}`);
      expect(found.headers.get("content-type")).to.match(/^application\/jrd\+json/);
      const descriptor = (await found.json()) as { subject: string; links: { rel: string; href: string }[] };
      expect(descriptor.subject).to.equal("acct:syngraph@id.example.org");
      expect(descriptor.links.find(({ rel }) => rel === "self")!.href).to.equal(`${PUBLIC_URL}/actor`);
      expect((await finger("?resource=acct%3Aalice%40id.example.org")).status).to.equal(404);
      expect((await finger("")).status).to.equal(400);
    });

    it("are not there without a key", async () => {
      const bare = await start(undefined);
      expect((await fetch(`${bare.origin}/actor`)).status).to.equal(404);
      bare.server.close();
    });
  });
});

import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import {
  type Attestation,
  type Link,
  linkId,
  parsePublicKey,
  parseSignature,
  signAttestation,
} from "@syngraph/sdk/protocol";
import { Wallet, ZeroHash } from "ethers";

import { withHighS } from "../helpers/contractLinks.ts";

/** What a node that collects a quorum asks its peers. */
export interface Question {
  action: "create";
  platform: string;
  identity: string;
  public_key: string;
  prev: string | null;
  uuid: string;
  created_at: string;
  proof_location: string;
  account_id: string;
  extra: { signature: string };
}

/** What the peer does with it. */
export type Lie = keyof typeof LIES;

export interface HostilePeer {
  origin: string;
  /** Questions as they came, oldest first. */
  questions: Question[];
  /** What it was asked besides: nobody should come here. */
  strays: string[];
  /** From now on it lies so. */
  lie(lie: Lie): void;
  /** What it would sign of anything. */
  word(statement: Partial<Attestation> & Pick<Attestation, "linkId">): { checkedAt: number; signature: string };
  close(): Promise<void>;
}

const DAY = 24 * 3600;

interface Occasion {
  question: Question;
  /** What is true if the asker tells the truth. */
  statement: Attestation;
  privateKey: string;
  response: ServerResponse;
  origin: string;
  /** Where a node of the honest is. */
  victim: string;
}

const LIES = {
  "signs everything": ({ statement, privateKey, response }: Occasion) => answer(response, statement, privateKey),
  "signs nothing": ({ response }: Occasion) => send(response, 400, { message: "there is no such gist" }),
  "answers for another link": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, linkId: ZeroHash }, privateKey),
  "signs another link under this one's name": ({ statement, privateKey, response }: Occasion) =>
    answer(response, statement, privateKey, signAttestation(privateKey, { ...statement, linkId: ZeroHash })),
  "names another account": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, accountId: "666" }, privateKey),
  "says it is gone": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, found: false }, privateKey),
  "signs with a key of no attester": ({ statement, response }: Occasion) =>
    answer(response, statement, Wallet.createRandom().privateKey),
  "looked yesterday": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, checkedAt: statement.checkedAt - DAY }, privateKey),
  "looked minutes ago": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, checkedAt: statement.checkedAt - 5 * 60 }, privateKey),
  "will look tomorrow": ({ statement, privateKey, response }: Occasion) =>
    answer(response, { ...statement, checkedAt: statement.checkedAt + DAY }, privateKey),
  "signs with a high s": ({ statement, privateKey, response }: Occasion) =>
    answer(response, statement, privateKey, withHighS(signAttestation(privateKey, statement))),
  "hands back the asker's own word": async ({ question, victim, response }: Occasion) => {
    const init = { method: "POST", body: JSON.stringify({ ...question, peers: false }) };
    const own = await fetch(`${victim}/v1/attestations`, init);
    send(response, own.status, (await own.json()) as object);
  },
  "sends garbage": ({ response }: Occasion) => response.end("<!doctype html><title>Welcome to nginx!</title>"),
  "sends another document": ({ response }: Occasion) => send(response, 200, { found: "yes" }),
  "sends without end": ({ response }: Occasion) => {
    const block = Buffer.alloc(64 * 1024, " ");
    const pour = () => {
      while (!response.destroyed && response.write(block));
    };
    response.on("drain", pour);
    pour();
  },
  "redirects to a private address": ({ response, origin }: Occasion) =>
    response.writeHead(307, { location: `${origin}/private` }).end(),
  "hangs up": ({ response }: Occasion) => response.destroy(),
  "never answers": () => {},
};

/** Lies that must count for nothing, also where what they are about is true. */
export const WORTHLESS = (Object.keys(LIES) as Lie[]).filter(
  (lie) => lie !== "signs everything" && lie !== "looked minutes ago",
);

/** A node of a real attester whose operator has turned: it speaks the protocol of peers, and lies as it is told. */
export async function startHostilePeer(options: {
  privateKey: string;
  port?: number;
  /** Origin of a node whose own word it can ask for. */
  victim?: string;
}): Promise<HostilePeer> {
  const { privateKey, port: wanted = 0, victim = "" } = options;
  const questions: Question[] = [];
  const strays: string[] = [];
  let lie: Lie = "signs everything";
  let origin = "";
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method !== "POST" || request.url !== "/v1/attestations") {
        strays.push(`${request.method} ${request.url}`);
        send(response, 200, {});
        return;
      }
      const question = JSON.parse(await bodyOf(request)) as Question;
      questions.push(question);
      const statement = statementOf(question);
      await LIES[lie]({ question, statement, privateKey, response, origin, victim });
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  return {
    ...{ origin, questions, strays },
    lie: (next) => void (lie = next),
    word: (statement) => {
      const whole = { found: true, accountId: "", checkedAt: now(), ...statement };
      return { checkedAt: whole.checkedAt, signature: signAttestation(privateKey, whole) };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function statementOf(question: Question): Attestation {
  const { action, platform, identity, prev, uuid, public_key, created_at, account_id, extra } = question;
  const avatar = parsePublicKey(public_key).compressed;
  const link: Link = { action, platform, identity, avatar, prev, uuid, createdAt: Number(created_at) };
  const signature = parseSignature(extra.signature);
  return { linkId: linkId(link, signature.raw), found: true, accountId: account_id, checkedAt: now() };
}

function answer(
  response: ServerResponse,
  { linkId: link_id, found, accountId, checkedAt }: Attestation,
  privateKey: string,
  signature = signAttestation(privateKey, { linkId: link_id, found, accountId, checkedAt }),
): void {
  const attester = new Wallet(privateKey).address.toLowerCase();
  send(response, 200, {
    ...{ link_id, found, account_id: accountId, proof_location: "", reason: "" },
    ...{ attester, checked_at: String(checkedAt), signature },
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

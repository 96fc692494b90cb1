import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { AvatarBinding, ChainItem, ProofReply } from "@syngraph/sdk/client";
import { parsePublicKey } from "@syngraph/sdk/protocol";
import express, { type Express, type RequestHandler } from "express";

/** Links on one page of `GET /v1/proofchain`, and proofs on one of `GET /v1/proof`, as Next.ID has them. */
const PER_PAGE = 40;

/** What the API sends with its page, and Trusted Types on top: no string may become markup or script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** When every binding was made and checked, Unix seconds. */
const NOTED_AT = "1770000100";

/**
 * The parts of the API that the page asks, over proof chains that a test gives. It neither checks nor signs anything, so
 * that it can serve what a lying API would.
 */
export class WebApi {
  /** Proof chains by compressed public key, as they are to be served. */
  readonly chains = new Map<string, ChainItem[]>();
  /** Where set, answers everything under /v1 in the API's place. */
  instead: RequestHandler | undefined;
  /** Where set, what is listed as an avatar's bindings instead of what follows from its chain. */
  bindingsInstead: ((bindings: AvatarBinding[]) => AvatarBinding[]) | undefined;
  /** Paths with queries of all requests to the API, in order. */
  readonly asked: string[] = [];
  /** `http://127.0.0.1:<port>`, from {@link listen} on. */
  origin = "";

  readonly #close: (() => Promise<void>)[] = [];

  /** Serves the API, and the built page from `dist`, on a port that the system chooses. */
  async listen(dist: string): Promise<this> {
    const server = this.#app(dist).listen(0, "127.0.0.1");
    await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#close.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return this;
  }

  async close(): Promise<void> {
    for (const close of this.#close.splice(0)) await close();
  }

  /** Forgets all chains and requests, and answers normally again. */
  reset(): void {
    this.chains.clear();
    this.asked.length = 0;
    this.instead = undefined;
    this.bindingsInstead = undefined;
  }

  #app(dist: string): Express {
    const app = express();
    app.use((_request, response, next) => {
      response.set({ "Content-Security-Policy": CONTENT_SECURITY_POLICY, "X-Content-Type-Options": "nosniff" });
      next();
    });
    app.get("/healthz", (_request, response) => {
      response.json({ hello: "proof service", platforms: ["ethereum", "github", "dns"] });
    });
    app.use("/v1", (request, response, next) => {
      this.asked.push(request.originalUrl);
      if (this.instead) this.instead(request, response, next);
      else next();
    });
    app.get("/v1/proof", (request, response) => {
      response.json(this.#search(request.query as Record<string, string>));
    });
    app.get("/v1/proofchain", (request, response) => {
      const { avatar, public_key, page } = request.query as Record<string, string>;
      const links = this.chains.get(avatar ?? public_key ?? "") ?? [];
      const { items, pagination } = pageOf(links, page);
      response.json({ pagination, proof_chain: items });
    });
    app.get("/v1/avatars/:key", (request, response) => {
      const document = this.#avatar(request.params.key);
      if (document) response.json(document);
      else response.status(404).json({ message: `No avatar ${request.params.key}` });
    });
    app.use(express.static(dist));
    // Its other addresses, which the page itself tells apart.
    app.get(/^\/(?!assets\/)/, (_request, response) => response.sendFile(join(dist, "index.html")));
    return app;
  }

  #search(query: Record<string, string>) {
    const matched = [...this.chains].filter(([, links]) =>
      bindingsOf(links).some(
        (binding) =>
          isListed(binding, query.status) &&
          (!query.platform || binding.platform === query.platform) &&
          binding.identity.includes((query.identity ?? "").toLowerCase()),
      ),
    );
    const { items, pagination } = pageOf(matched, query.page);
    const ids = items.map(([avatar, links]) => ({
      persona: avatar,
      avatar,
      alias: [],
      last_arweave_id: "",
      activated_at: links.at(-1)?.created_at ?? "0",
      proofs: bindingsOf(links).filter((binding) => isListed(binding, query.status)),
    }));
    return { pagination, ids };
  }

  #avatar(key: string) {
    const [avatar, links] =
      [...this.chains].find(([publicKey]) => publicKey === key || parsePublicKey(publicKey).address === key) ?? [];
    if (avatar === undefined || links === undefined) return undefined;
    const bindings = bindingsOf(links);
    return {
      avatar,
      address: parsePublicKey(avatar).address,
      length: links.filter((item) => item.sequence !== null).length,
      bindings: this.bindingsInstead?.(bindings) ?? bindings,
    };
  }
}

/** Whether GET /v1/proof lists a binding. */
function isListed({ status }: ProofReply, filter: string | undefined): boolean {
  return filter === "any" || status === "confirmed" || status === "suspended";
}

/** Where each binding stands at the end of a chain, with the fields of both routes that list bindings. */
function bindingsOf(links: readonly ChainItem[]): (AvatarBinding & ProofReply)[] {
  const bindings = new Map<string, AvatarBinding & ProofReply>();
  for (const item of links) {
    const key = `${item.chain_id} ${item.platform} ${item.identity}`;
    const before = bindings.get(key);
    if (item.action === "create") bindings.set(key, bindingOf(item));
    else if (before) before.status = "deleted";
  }
  return [...bindings.values()];
}

function bindingOf(item: ChainItem): AvatarBinding & ProofReply {
  const { platform, identity, alt_id, proof_location, link_id, chain_id } = item;
  const status = item.status === "none" ? "claimed" : item.status;
  const times = { as_of: NOTED_AT, created_at: NOTED_AT, last_checked_at: NOTED_AT };
  const validity = { is_valid: status === "confirmed", invalid_reason: "" };
  const about = { platform, identity, alt_id, status, proof_location, link_id, chain_id };
  return { ...about, attesters: [], ...times, ...validity, uri: null, proof_uri: null };
}

function pageOf<T>(all: readonly T[], asked: string | undefined) {
  const current = Math.max(1, Number(asked ?? 1));
  const items = all.slice((current - 1) * PER_PAGE, current * PER_PAGE);
  const next = all.length > current * PER_PAGE ? current + 1 : 0;
  return { items, pagination: { total: all.length, per: PER_PAGE, current, next } };
}

import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A call of JSON-RPC. */
export interface RpcCall {
  id: number;
  method: string;
  params: unknown[];
}

/** Answers in place of the chain, or hands on what it says. May throw: then the call gets that as its error. */
export type Tamper = (call: RpcCall, ask: () => Promise<unknown>) => unknown;

/** A server in front of a chain that may lie about it. */
export class RpcProxy {
  readonly url: string;
  /** The calls that came. */
  readonly calls: RpcCall[] = [];
  /** How many requests they came in. */
  requests = 0;
  tamper: Tamper = (_, ask) => ask();
  /** What a batch is answered with instead. */
  mix: ((answers: unknown[]) => unknown) | undefined;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /**
   * @param rpc the chain's own URL.
   * @param port where one was before, which is to be back; else one that is free.
   */
  static async start(rpc: string, port = 0): Promise<RpcProxy> {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const proxy = new RpcProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => {
      // Pages ask, too, as they may of most servers.
      response.setHeader("access-control-allow-origin", "*").setHeader("access-control-allow-headers", "content-type");
      if (request.method === "OPTIONS") return void response.end();
      void (async () => {
        const body = (await json(request)) as RpcCall | RpcCall[];
        proxy.requests++;
        let answers: unknown;
        if (Array.isArray(body)) {
          const all = await Promise.all(body.map((call) => proxy.#answer(rpc, call)));
          answers = proxy.mix?.(all) ?? all;
        } else answers = await proxy.#answer(rpc, body);
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(answers));
      })();
    });
    return proxy;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(rpc: string, call: RpcCall): Promise<object> {
    this.calls.push(call);
    const common = { jsonrpc: "2.0", id: call.id };
    try {
      return { ...common, result: await this.tamper(call, () => forward(rpc, call)) };
    } catch (error) {
      const { message, error: own } = error as Error & { error?: object };
      return { ...common, error: own ?? { code: -32005, message } };
    }
  }
}

async function forward(rpc: string, call: RpcCall): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(rpc, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", ...call }) });
  const { result, error } = (await response.json()) as { result: unknown; error?: { message: string } };
  if (error) throw Object.assign(new Error(error.message), { error });
  return result;
}

import { type IncomingHttpHeaders, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** A gist as a user made it. */
export interface Gist {
  owner: { login: string; id: number } | null;
  /** Contents by file name. */
  files: Record<string, string>;
  public?: boolean;
  /** Where files are that the API shortens: an origin, by default the stand-in's own. Unset, nothing is shortened. */
  shortened?: { rawOrigin?: string };
}

/** What GitHub, or something between, does instead of answering as documented. */
export type GitHubTrouble = keyof typeof TROUBLES;

export interface GitHubStandIn {
  origin: string;
  /** Requests as they came, oldest first. */
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /** Makes or replaces a gist. */
  publish(id: string, gist: Gist): void;
  /** From now on every request meets this trouble; null ends it. */
  trouble(trouble: GitHubTrouble | null): void;
  close(): Promise<void>;
}

const TROUBLES = {
  "never answers": () => {},
  "stops half way": (response: ServerResponse) => response.write('{"id": "'),
  "hangs up": (response: ServerResponse) => response.destroy(),
  "has no such gist": (response: ServerResponse) => sendJson(response, 404, { message: "Not Found", status: "404" }),
  "took it down": (response: ServerResponse) => sendJson(response, 451, { message: "Repository access blocked" }),
  "limits the rate with 403": (response: ServerResponse) =>
    sendJson(
      response,
      403,
      { message: "API rate limit exceeded for 127.0.0.1." },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 600) },
    ),
  "limits the rate with 429": (response: ServerResponse) =>
    sendJson(response, 429, { message: "You have exceeded a secondary rate limit." }, { "retry-after": "30" }),
  "refuses the credential": (response: ServerResponse) => sendJson(response, 401, { message: "Bad credentials" }),
  fails: (response: ServerResponse) => sendJson(response, 500, { message: "Server Error" }),
  "sends HTML": (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Unicorn!</title>"),
  "cuts the JSON short": (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"id": "1", "owner": {"login": "al'),
  "sends another document": (response: ServerResponse) => sendJson(response, 200, { login: "alice", id: 1 }),
  "sends without end": (response: ServerResponse) => {
    const block = Buffer.alloc(64 * 1024, " ");
    const pour = () => {
      while (!response.destroyed && response.write(block));
    };
    response.on("drain", pour);
    pour();
  },
  "sends a gzip bomb": (response: ServerResponse) =>
    response
      .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
      .end(gzipSync(Buffer.alloc(20_000_000, " "))),
  "redirects to a private address": (response: ServerResponse, origin: string) =>
    response.writeHead(302, { location: `${origin}/private` }).end(),
};

/**
 * Speaks "Get a gist" of GitHub's REST API (https://docs.github.com/en/rest/gists/gists#get-a-gist) and the raw host on a
 * loopback port, and misbehaves on demand.
 */
export async function startGitHub(options: { token?: string } = {}): Promise<GitHubStandIn> {
  const gists = new Map<string, Gist>();
  const requests: GitHubStandIn["requests"] = [];
  let trouble: GitHubTrouble | null = null;
  let origin = "";

  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push({ path, headers: request.headers });
    response.setHeader("set-cookie", "session=1; Path=/");
    const [, kind, id, name] = path.split("/");
    const gist = gists.get(id ?? "");
    if (trouble) TROUBLES[trouble](response, origin);
    else if (!request.headers["user-agent"]) sendJson(response, 403, { message: "Request forbidden" });
    else if (kind === "raw" && gist?.files[name!] !== undefined) response.end(gist.files[name!]);
    else if (kind !== "gists" || !gist) TROUBLES["has no such gist"](response);
    else if (request.headers["x-github-api-version"] !== "2022-11-28") sendJson(response, 400, { message: "Version" });
    else if (options.token && request.headers.authorization !== `Bearer ${options.token}`) {
      TROUBLES["refuses the credential"](response);
    } else sendJson(response, 200, describeGist(id!, gist, origin));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests,
    publish: (id, gist) => void gists.set(id, gist),
    trouble: (next) => void (trouble = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The answer's members as the documentation lists them. */
function describeGist(id: string, gist: Gist, origin: string): object {
  const files = Object.entries(gist.files).map(([filename, content]) => [
    filename,
    {
      filename,
      type: "application/json",
      language: "JSON",
      raw_url: `${gist.shortened?.rawOrigin ?? origin}/raw/${id}/${filename}`,
      size: Buffer.byteLength(content),
      truncated: gist.shortened !== undefined,
      content: gist.shortened === undefined ? content : content.slice(0, 40),
      encoding: "utf-8",
    },
  ]);
  return {
    url: `${origin}/gists/${id}`,
    id,
    html_url: `https://gist.github.com/${gist.owner?.login ?? ""}/${id}`,
    files: Object.fromEntries(files),
    public: gist.public ?? true,
    created_at: "2022-03-15T07:27:41Z",
    updated_at: "2022-03-15T07:27:41Z",
    description: "",
    comments: 0,
    user: null,
    owner: gist.owner && { ...gist.owner, node_id: "", type: "User", site_admin: false },
    history: [],
    truncated: false,
  };
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}

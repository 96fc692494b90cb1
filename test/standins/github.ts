import type { UpstreamAnswer, UpstreamRequest } from "../platforms/fixtures/fixture.ts";
import { type HttpStandIn, startHttp } from "./upstream.ts";

/** A gist as a user made it. */
export interface Gist {
  owner: { login: string; id: number } | null;
  /** Contents by file name. */
  files: Record<string, string>;
  public?: boolean;
  /** The gist that it is a copy of. */
  forkOf?: string;
  /** Where files are that the API shortens: an origin, by default the stand-in's own. Unset, nothing is shortened. */
  shortened?: { rawOrigin?: string };
}

export interface GitHubStandIn extends HttpStandIn {
  /** Makes or replaces a gist. */
  publish(id: string, gist: Gist): void;
}

/** GitHub with many gists on a loopback port. */
export async function startGitHub(): Promise<GitHubStandIn> {
  const gists = new Map<string, Gist>();
  const server = await startHttp((request) => answerGist(request, (id) => gists.get(id)));
  return Object.assign(server, { publish: (id: string, gist: Gist) => void gists.set(id, gist) });
}

/**
 * Speaks "Get a gist" of GitHub's REST API (https://docs.github.com/en/rest/gists/gists#get-a-gist) and the raw host.
 */
export function answerGist(
  { url, headers }: UpstreamRequest,
  gistOf: (id: string) => Gist | undefined,
): UpstreamAnswer | null {
  if (!headers["user-agent"]) return { status: 403, body: { message: "Request forbidden" } };
  const [, kind, id, name] = url.pathname.split("/");
  const gist = gistOf(id ?? "");
  const content = gist?.files[name ?? ""];
  if (kind === "raw" && content !== undefined) return { body: content };
  if (kind !== "gists" || !gist) return null;
  if (headers["x-github-api-version"] !== "2022-11-28") return { status: 400, body: { message: "Version" } };
  return { body: describeGist(id!, gist, url.origin) };
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
    fork_of: gist.forkOf === undefined ? null : { id: gist.forkOf },
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

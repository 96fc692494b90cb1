import type { GraphEdge, IdentityCard } from "@syngraph/sdk/client";
import type { GraphVertex, IdentityGraph } from "@syngraph/sdk";
import { expect } from "chai";

import { type Span, columnsOf, printable, table } from "../../sdk/src/cli/output.ts";
import { ASCII, UNICODE, drawGraph, strokesOf } from "../../sdk/src/cli/tree.ts";
import { runCli } from "./runCli.ts";
import { StubApi } from "./stubApi.ts";
import { useStubServer } from "./stubServer.ts";

type Name = `${string},${string}`;

function vertexOf(name: Name) {
  const [platform, identity] = name.split(",") as [string, string];
  return { platform, identity };
}

function edge(from: Name, to: Name, change: Partial<GraphEdge> = {}): GraphEdge {
  return {
    ...{ id: `${from}-${to}-${change.kind}`, kind: "proof", from: vertexOf(from), to: vertexOf(to) },
    ...{
      source: "nextid",
      evidence: "account",
      level: 4,
      first_seen: 1,
      last_seen: 2,
      disputed: false,
      references: [],
    },
    ...change,
  };
}

function graphOf(distances: Record<Name, number>, edges: GraphEdge[]): IdentityGraph {
  const vertices = Object.entries(distances).map(([id, distance]): GraphVertex => {
    const details = { displayName: null, uri: null, level: 4, disputed: false };
    return { ...vertexOf(id as Name), id, distance, ...details };
  });
  return { root: vertexOf(vertices[0]!.id as Name), vertices, edges, truncated: false };
}

const textOf = (lines: Span[][]) =>
  lines.map((line) => line.map((span) => (typeof span === "string" ? span : span.text)).join(""));

/** What a server says of github alice. */
function cardOf(identity: string, displayName: string): IdentityCard {
  const common = { ...{ uid: null, uri: null, is_primary: false, level: 4, evidence: "account", first_seen: 1 } };
  const rest = { last_seen: 2, disputed: false, registered_at: null, expires_at: null, texts: {}, edges: [] };
  return {
    ...{ platform: "github", identity: "alice", as_of: 1, level: 3, component: "c", truncated: true, avatars: [] },
    identities: [{ platform: "twitter", identity, display_name: displayName, ...common, ...rest }],
    edges: [edge("github,alice", `twitter,${identity}`)],
    disputed: [],
  };
}

describe("syngraph command: graph", function () {
  this.timeout(60_000);

  it("draws each identity once, below the one that is nearer, and names what else connects them", () => {
    const graph = graphOf({ "github,alice": 0, "nextid,0x02": 1, "dns,a.org": 2, "twitter,al": 2 }, [
      edge("nextid,0x02", "github,alice"),
      edge("nextid,0x02", "dns,a.org", { level: 5, evidence: "signatures" }),
      edge("nextid,0x02", "twitter,al", { level: 2, disputed: true }),
      edge("nextid,0x02", "twitter,al", { level: 3, kind: "claim", source: "elsewhere" }),
      edge("dns,a.org", "twitter,al", { level: 1, kind: "mention", evidence: "statement" }),
    ]);
    expect(textOf(drawGraph(graph, UNICODE))).to.deep.equal([
      "github alice",
      "└─ nextid 0x02  level 4 · proof, account, nextid",
      "   ├─ dns a.org  level 5 · proof, signatures, nextid",
      "   └─ twitter al  level 3 · claim, account, elsewhere +1 ! disputed",
      "      └─ ↺ dns a.org  level 1 · mention, statement, nextid",
    ]);
    expect(textOf(drawGraph(graph, ASCII))[2]).to.equal("   |- dns a.org  level 5 · proof, signatures, nextid");
  });

  it("ends where identities go round in a circle, or know themselves", () => {
    const graph = graphOf({ "dns,a.org": 0, "dns,b.org": 1, "dns,c.org": 1 }, [
      edge("dns,a.org", "dns,b.org"),
      edge("dns,b.org", "dns,c.org"),
      edge("dns,c.org", "dns,a.org"),
      edge("dns,a.org", "dns,a.org"),
    ]);
    const lines = textOf(drawGraph(graph, UNICODE)).map((line) => line.replace(/ {2}level.*/, ""));
    expect(lines).to.deep.equal(["dns a.org", "├─ dns b.org", "└─ dns c.org", "   └─ ↺ dns b.org"]);
  });

  it("uses plain letters where the locale has no others", () => {
    expect(strokesOf({})).to.equal(UNICODE);
    expect(strokesOf({ LANG: "de_DE.UTF-8" })).to.equal(UNICODE);
    expect(strokesOf({ LANG: "de_DE.UTF-8", LC_ALL: "C" })).to.equal(ASCII);
    expect(strokesOf({ LANG: "de_DE.ISO-8859-1" })).to.equal(ASCII);
  });

  it("counts columns as terminals show them", () => {
    const widths = { alice: 5, 爱丽丝: 6, "e\u0301": 1, "👩‍👩‍👧": 2, "한글.kr": 7, "": 0 };
    for (const [text, width] of Object.entries(widths)) expect(columnsOf(text), text).to.equal(width);
    const rows = table([
      ["name", "x"],
      ["爱", "1"],
      ["alice", "2"],
    ]);
    expect(rows.split("\n")).to.deep.equal(["name   x", "爱     1", "alice  2"]);
  });

  it("prints nothing that is not seen, or that moves what is", () => {
    const hidden = "\u001b[2J\u009b1m\u202e\u2066\u200b\ufeff\u00ad\u2028\u{e0041}\ud800\b\r\u0007";
    const shown = printable(`al${hidden}ice\t\n👩‍👧`);
    expect(shown).to.equal("al[2J1m\ufffdice\t\n👩‍👧");
  });

  describe("of a server", () => {
    const server = useStubServer();
    let api: StubApi;
    beforeEach(() => {
      api = new StubApi(server);
    });
    const run = (args: readonly string[], env: Record<string, string> = {}) =>
      runCli(args, { SYNGRAPH_API: server.origin, ...env });

    it("keeps its escape sequences away from the terminal, also between colours of its own", async () => {
      const evil = "bob\u001b]0;owned\u0007\u001b[31m\r\nfake";
      api.documents["/v1/identities/github/alice"] = cardOf(evil, "B\u202eob\u001b[2J");
      const card = await run(["identity", "github", "alice"]);
      expect(card.stdout).to.match(/^twitter +bob\]0;owned\[31m fake +Bob\[2J +level 4 +account$/m);
      const plain = await run(["graph", "github", "alice"]);
      expect(plain).to.include({ code: 0, stderr: "there is more than this: it is cut off\n" });
      expect(plain.stdout.split("\n")).to.deep.equal([
        "github alice",
        "└─ twitter bob]0;owned[31m fake (Bob[2J)  level 4 · proof, account, nextid",
        "",
      ]);
      const coloured = await run(["graph", "github", "alice"], { FORCE_COLOR: "1" });
      expect(coloured.stdout.match(/\u001b\[\d+m/g)).to.have.length(10);
      expect(coloured.stdout.replaceAll(/\u001b\[(?:1|2|32|22|39)m/g, "")).to.equal(plain.stdout);
      expect((await run(["graph", "github", "alice"], { NO_COLOR: "1" })).stdout).to.equal(plain.stdout);
    });

    it("hands --level and --depth on, and one JSON value with --json", async () => {
      api.documents["/v1/identities/github/alice"] = cardOf("bob", "Bob");
      const args = ["graph", "github", "alice", "--level", "2", "--depth", "0", "--json"];
      const { stdout } = await run(args);
      const graph = JSON.parse(stdout) as { root: object; vertices: { id: string }[]; edges: object[] };
      expect(graph.root).to.deep.equal({ platform: "github", identity: "alice" });
      expect(graph.vertices.map(({ id }) => id)).to.deep.equal(["github,alice"]);
      expect(graph.edges).to.deep.equal([]);
      expect(server.received[0]!.query.get("level")).to.equal("2");
    });

    it("ends with 1 where two are not connected", async () => {
      const [from, to] = [vertexOf("github,alice"), vertexOf("dns,a.org")];
      const step = { from, to, edge: edge("github,alice", "dns,a.org") };
      api.documents["/v1/path"] = { from, to, as_of: 1, linked: true, level: 4, steps: [step] };
      const linked = await run(["path", "github,alice", "dns:a.org"]);
      expect(linked).to.include({ code: 0, stderr: "connected, by level 4 in its weakest step\n" });
      expect(linked.stdout).to.equal("github alice\n└─ dns a.org  level 4 · proof, account, nextid\n");
      api.documents["/v1/path"] = { from, to, as_of: 1, linked: false, level: null, steps: [] };
      expect(await run(["path", "github,alice", "dns,a.org"])).to.include({ code: 1, stdout: "not connected\n" });
    });
  });
});

/* global YogaGraphiQL */

const asked = new URLSearchParams(location.search);

YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), {
  title: "Syngraph graph",
  endpoint: "/graphql",
  query:
    asked.get("query") ??
    `# Who is behind an account, and why? Try an identity that this node knows.
query WhoIs($platform: LenientEnum, $identity: String) {
  identity(platform: $platform, identity: $identity) {
    id
    avatar { id }
    identityGraph {
      vertices { id displayName }
      edges { edgeType dataSource source target level lastSeen }
      truncated
    }
  }
}
`,
  variables:
    asked.get("variables") ?? '{ "platform": "ethereum", "identity": "0x0000000000000000000000000000000000000001" }',
});

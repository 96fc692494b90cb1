/* global YogaGraphiQL */

YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), {
  title: "Syngraph graph",
  endpoint: "/graphql",
  query: `# Who is behind an account, and why? Try an identity that this node knows.
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
  variables: '{ "platform": "ethereum", "identity": "0x0000000000000000000000000000000000000001" }',
});

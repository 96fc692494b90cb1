/* global trustedTypes */

// The editor makes elements of markup, and workers of addresses, which the page's policy takes only by way of this: workers
// of this server alone, and no scripts of any kind.
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: (markup) => markup,
  createScriptURL: (address) =>
    new URL(address, location.href).href.startsWith(`${location.origin}/graphiql/`) ? address : null,
});

globalThis.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) =>
    `/graphiql/${{ graphql: "graphqlWorker", json: "jsonWorker" }[label] ?? "editorWorkerService"}.js`,
};

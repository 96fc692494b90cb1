// The arrows of docs/architecture.md: which room may know of which. `npm run check:architecture` holds the code to them.

/** Forbids imports from one set of paths to another. */
function never(name, comment, from, to) {
  return { name, comment, severity: "error", from, to };
}

const ROOMS = "^(api|indexer|sdk|web|scripts|test|bench)/";

module.exports = {
  forbidden: [
    never(
      "nothing-imports-scripts",
      "scripts are started, not imported",
      { path: "^(api|indexer|sdk|web)/" },
      { path: "^scripts/" },
    ),
    never(
      "nothing-imports-tests",
      "tests are run, not imported",
      { path: "^(api|indexer|sdk|web)/" },
      { path: "^test/" },
    ),
    never("web-uses-only-the-sdk", "web → sdk", { path: "^web/" }, { path: ROOMS, pathNot: "^(web|sdk)/" }),
    never("sdk-stands-alone", "the SDK is published by itself", { path: "^sdk/" }, { path: ROOMS, pathNot: "^sdk/" }),
    never(
      "api-uses-the-protocol",
      "api → sdk/src/protocol",
      { path: "^api/" },
      { path: ROOMS, pathNot: "^(api|sdk/src/protocol)/" },
    ),
    never(
      "indexer-uses-the-protocol",
      "indexer → sdk/src/protocol",
      { path: "^indexer/" },
      { path: ROOMS, pathNot: "^(indexer|sdk/src/protocol)/" },
    ),
    never(
      "protocol-is-a-leaf",
      "no framework and no I/O in what is signed and hashed: only ethers, and the curve that it lacks",
      { path: "^sdk/src/protocol/", pathNot: "^sdk/src/protocol/native\\.ts$" },
      { pathNot: "^(sdk/src/protocol/|node_modules/(ethers|@noble/curves)/)" },
    ),
    never(
      "platforms-know-no-routes",
      "platforms know nothing of HTTP routes, database or chain",
      { path: "^api/platforms/" },
      { path: "^api/", pathNot: "^api/platforms/" },
    ),
    never(
      "platforms-by-index",
      "nothing else knows a platform's name",
      { path: "^api/", pathNot: "^api/(platforms/|attest/peers\\.ts$)" },
      { path: "^api/platforms/", pathNot: "^api/platforms/(index|engine|types)\\.ts$" },
    ),
    never(
      "peers-by-the-guarded-fetcher",
      "what asks peers goes through the one fetcher too, and uses no more of the platforms",
      { path: "^api/attest/peers\\.ts$" },
      { path: "^api/platforms/", pathNot: "^api/platforms/fetcher\\.ts$" },
    ),
    never(
      "routes-only-in-app",
      "services do not know HTTP",
      { path: "^api/(proofs|subkeys|checks|sessions|relay|attest|db|wallets|identities|dids|pages)/" },
      { path: "^(api/routes/|node_modules/express/)" },
    ),
    never("no-cycles", "a cycle has no order to read it in", {}, { circular: true }),
    never("no-unresolved", "what is imported exists", { pathNot: "^indexer/" }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(types|web/dist|indexer/ponder-env)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};

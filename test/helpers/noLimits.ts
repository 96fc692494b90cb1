/** All tests come from one address, and publish again and again under one claim, faster than any person. */
export const NO_LIMITS: NodeJS.ProcessEnv = {
  ...{ RATE_LIMIT_READS: "1000000000", RATE_LIMIT_WRITES: "1000000000", RATE_LIMIT_AVATAR: "1000000000" },
  ...{ SPONSORED_LINKS_PER_AVATAR: "1000000000", SPONSORED_LINKS_PER_CLIENT: "1000000000" },
  CHECK_CACHE_SECONDS: "0",
};

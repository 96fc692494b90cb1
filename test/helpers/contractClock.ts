/** When the simulated chain begins, Unix seconds: 2026-03-01, so no test depends on the machine's clock. */
export const NOW = 1772323200;

/** The contracts' tolerance for a clock that runs ahead, in seconds. */
export const CLOCK_SKEW = 900;

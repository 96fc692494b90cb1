import type { CheckedChain } from "./checkChains.ts";

/** The outcome of all checks in a sentence or two. */
export function Verdict({ chains }: { chains: readonly CheckedChain[] }) {
  const outcomes = chains.flatMap(({ links }) => links.map((link) => link.outcome));
  const bad = outcomes.filter((outcome) => outcome === "bad").length;
  const open = outcomes.filter((outcome) => outcome === "open").length;
  if (bad > 0) {
    return (
      <p className="verdict bad" role="status">
        <strong>{`${bad} of ${linksOf(outcomes.length)} did not verify in this browser.`}</strong> Do not trust this
        chain.
      </p>
    );
  }
  if (open > 0) {
    return (
      <p className="verdict open" role="status">
        <strong>{`${outcomes.length - open} of ${linksOf(outcomes.length)} verified in this browser.`}</strong> Where
        the wallet’s signature is not by the wallet’s own key, only the chain can check it.
      </p>
    );
  }
  return (
    <p className="verdict good" role="status">
      <strong>
        {outcomes.length === 1
          ? "The only link verified in this browser."
          : `All ${outcomes.length} links verified in this browser.`}
      </strong>
    </p>
  );
}

function linksOf(count: number): string {
  return count === 1 ? "1 link" : `${count} links`;
}

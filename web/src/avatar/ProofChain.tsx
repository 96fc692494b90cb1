import type { CheckedChain } from "./checkChains.ts";
import { ChainLink } from "./ChainLink.tsx";

/** An avatar's log of signed links on one chain, oldest first. */
export function ProofChain({ chain: { chainId, links } }: { chain: CheckedChain }) {
  const id = `chain-${chainId}`;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        Proof chain <span className="soft">on chain {chainId}</span>
      </h3>
      <p className="soft">
        Each link is signed by the avatar and quotes the signature of the one before. Whether something newer was left
        out, only the chain itself can tell.
      </p>
      <ol className="plain chain">
        {links.map((link, index) => (
          // A lying API may repeat a link, so nothing but the place is unique.
          <li key={index}>
            <ChainLink link={link} />
          </li>
        ))}
      </ol>
    </section>
  );
}

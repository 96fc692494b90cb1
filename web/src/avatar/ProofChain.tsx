import { useId } from "react";
import { useTranslation } from "react-i18next";

import { chainName } from "../ui/explorer.ts";
import { useFirst } from "../ui/useFirst.tsx";
import type { CheckedChain } from "@syngraph/sdk/client";
import { ChainLink } from "./ChainLink.tsx";

import "./chain.css";

/** An avatar's log of signed links on one chain, oldest first. */
export function ProofChain({ chain: { chainId, links }, level }: { chain: CheckedChain; level: 2 | 3 }) {
  const { t } = useTranslation("avatar");
  const id = useId();
  const Heading = `h${level}` as const;
  const { shown, more } = useFirst(links);
  const name = chainName(chainId) ?? t("chain.number", { id: chainId });
  return (
    <section aria-labelledby={id} className="proof-chain">
      <Heading id={id}>{t("chain.titleOn", { chain: name })}</Heading>
      <p className="soft">{t("chain.lead")}</p>
      <ol className="plain chain">
        {shown.map((link, index) => (
          // A lying API may repeat a link, so nothing but the place is unique.
          <li key={index}>
            <ChainLink link={link} level={level === 2 ? 3 : 4} />
          </li>
        ))}
      </ol>
      {more}
    </section>
  );
}

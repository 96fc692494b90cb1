import type { EdgeReference, GraphEdge } from "@syngraph/sdk/client";
import { useTranslation } from "react-i18next";

import { chainName, transactionUrl } from "../ui/explorer.ts";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Time } from "../ui/Time.tsx";
import { Disputed } from "./Disputed.tsx";
import { Level } from "./Level.tsx";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";
import { useWords } from "./words.ts";

/** What a connection rests on, in a sentence, and where that can be verified. */
export function Evidence({ edge }: { edge: GraphEdge }) {
  const { t } = useTranslation("graph");
  const words = useWords();
  return (
    <div className="stack tight">
      <p>{words.sentence(edge)}</p>
      {edge.disputed && <Disputed what="sentence" />}
      <p className="cluster soft small-text">
        <Level level={edge.level} />
        <span>
          {t("fact.lastSeen")} <Time seconds={edge.last_seen} />
        </span>
        <span>
          {t("fact.source")} <bdi>{edge.source}</bdi>
        </span>
      </p>
      {edge.references.length > 0 && (
        <details>
          <summary>{t("references", { count: edge.references.length })}</summary>
          <p className="soft small-text">
            {t("fact.firstSeen")} <Time seconds={edge.first_seen} absolute />
          </p>
          <ul className="plain stack tight">
            {edge.references.map((reference) => (
              <li key={`${reference.chain_id} ${reference.tx_hash} ${reference.log_index}`}>
                <Reference of={reference} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Reference({ of: { chain_id, block, tx_hash, link_id, proof_location } }: { of: EdgeReference }) {
  const { t } = useTranslation("graph");
  const explorer = transactionUrl(chain_id, tx_hash);
  return (
    <Facts
      of={[
        [t("fact.chain"), chainName(chain_id) ?? chain_id],
        [t("fact.block"), block],
        [
          t("fact.transaction"),
          explorer === null ? (
            <KeyText text={tx_hash} copy={t("fact.transaction")} />
          ) : (
            <ExternalLink href={explorer}>
              <KeyText text={tx_hash} />
            </ExternalLink>
          ),
        ],
        link_id !== null && [t("fact.link"), <KeyText text={link_id} copy={t("fact.link")} />],
        proof_location !== "" && [t("fact.proof"), <ExternalLink href={proof_location}>{proof_location}</ExternalLink>],
      ]}
    />
  );
}

/** Both ends of a connection in its own direction. */
export function Ends({ of: { from, to } }: { of: Pick<GraphEdge, "from" | "to"> }) {
  return (
    <span className="graph-ends">
      <ShortIdentity of={from} /> <span aria-hidden="true">→</span> <ShortIdentity of={to} />
    </span>
  );
}

import { useTranslation } from "react-i18next";

import { Button, LinkButton } from "../ui/Button.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Platform } from "../ui/Platform.tsx";
import { Time } from "../ui/Time.tsx";
import { Evidence } from "./Evidence.tsx";
import { graphHref } from "./address.ts";
import { Disputed } from "./Disputed.tsx";
import { Level } from "./Level.tsx";
import type { GraphModel, GraphNode } from "./model.ts";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";
import { useWords } from "./words.ts";

/** Connections of one identity that are told one by one. */
const MOST_SHOWN = 40;

/** What is known of one identity, and what each of its connections rests on. */
export function Details({
  node,
  model,
  onSelect,
  onExplain,
}: {
  node: GraphNode;
  model: GraphModel;
  onSelect: (id: string) => void;
  onExplain: (id: string) => void;
}) {
  const { t } = useTranslation("graph");
  const words = useWords();
  const { known, platform, identity, edges } = node;
  const profile =
    platform === "nextid"
      ? `/avatar/${encodeURIComponent(identity)}`
      : `/@${encodeURIComponent(identity)}?${new URLSearchParams({ platform }).toString()}`;
  return (
    <div className="stack tight">
      <Facts
        of={[
          [t("fact.platform"), <Platform platform={platform} />],
          [
            t("fact.identity"),
            identity.length > 24 ? <KeyText text={identity} copy={t("fact.identity")} /> : <bdi>{identity}</bdi>,
          ],
          known?.display_name != null && [t("fact.name"), <bdi>{known.display_name}</bdi>],
          known?.uid != null && [t("fact.uid"), <bdi>{known.uid}</bdi>],
          known !== null && [t("fact.level"), <Level level={known.level} />],
          known !== null && [t("fact.lastSeen"), <Time seconds={known.last_seen} />],
          known?.expires_at != null && [t("fact.expires"), <Time seconds={known.expires_at} />],
          known?.uri != null && [t("fact.uri"), <ExternalLink href={known.uri}>{known.uri}</ExternalLink>],
        ]}
      />
      {known?.disputed && <Disputed what="identity" />}
      <div className="actions">
        {!node.isRoot && (
          <Button small icon="link" onClick={() => onExplain(node.id)}>
            {t("details.why")}
          </Button>
        )}
        <LinkButton small icon="user" href={profile}>
          {t("details.profile")}
        </LinkButton>
        {!node.isRoot && (
          <LinkButton small icon="graph" href={graphHref(node)}>
            {t("details.graph")}
          </LinkButton>
        )}
      </div>
      <h3>{t("details.connections", { count: edges.length })}</h3>
      <ul className="plain graph-connections">
        {edges.slice(0, MOST_SHOWN).map(({ edge, source, target }) => {
          const other = model.byId.get(source === node.id ? target : source)!;
          return (
            <li key={edge.id}>
              <details>
                <summary>
                  <ShortIdentity of={other} /> <span className="soft">{words.evidence(edge.evidence)}</span>
                </summary>
                <Evidence edge={edge} />
                {other.id !== node.id && (
                  <Button small icon="arrow" onClick={() => onSelect(other.id)}>
                    {t("details.goTo")}
                  </Button>
                )}
              </details>
            </li>
          );
        })}
      </ul>
      {edges.length > MOST_SHOWN && <p className="soft">{t("details.more", { count: edges.length - MOST_SHOWN })}</p>}
    </div>
  );
}

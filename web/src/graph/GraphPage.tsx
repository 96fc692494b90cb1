import type { IdentityCard, Vertex } from "@syngraph/sdk/client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";

import { client } from "../app/client.ts";
import { navigate, useParam } from "../app/location.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { SelectField } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { type GraphAddress, graphHref, readAddress } from "./address.ts";
import { ConnectionTable } from "./ConnectionTable.tsx";
import { Details } from "./Details.tsx";
import { Drawing } from "./Drawing.tsx";
import "./graph.css";
import { LEVELS } from "./Level.tsx";
import { Legend } from "./Legend.tsx";
import { idOf, modelOf, vertexOf } from "./model.ts";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";
import { WhyLinked } from "./WhyLinked.tsx";

/** Who is behind an identity, drawn: what is connected with it, how sure that is, and why. */
export function GraphPage() {
  const { t } = useTranslation("graph");
  const root: Vertex = { platform: useParam("platform"), identity: useParam("identity") };
  const address = readAddress(useSearch());
  const request = useQuery({
    queryKey: ["identity", root.platform, root.identity, address.level],
    queryFn: ({ signal }) => client.identity(root.platform, root.identity, { level: address.level }, { signal }),
    // Another level is another answer about the same identity: the drawing changes and does not vanish.
    placeholderData: (before: IdentityCard | undefined, query) =>
      query?.queryKey[1] === root.platform && query?.queryKey[2] === root.identity ? before : undefined,
  });
  const go = (change: Partial<GraphAddress>) => navigate(graphHref(root, { ...address, ...change }), { replace: true });

  return (
    <div className="stack">
      <PageHeading
        title={`${root.identity} · ${t("title")}`}
        lead={t("lead")}
        actions={
          <SelectField
            label={t("filter.label")}
            value={address.level}
            onChange={(event) => go({ level: Number(event.target.value) })}
          >
            {LEVELS.toReversed().map((level) => (
              <option key={level} value={level}>
                {t(`filter.${level}`)}
              </option>
            ))}
          </SelectField>
        }
      >
        {t("title")}{" "}
        <span className="graph-of">
          <ShortIdentity of={root} />
        </span>
      </PageHeading>
      <Waiting request={request} what={t("loading")} lines={8}>
        {(card) => <Graph card={card} address={address} isOld={request.isPlaceholderData} go={go} />}
      </Waiting>
    </div>
  );
}

function Graph({
  card,
  address: { level, to },
  isOld,
  go,
}: {
  card: IdentityCard;
  address: GraphAddress;
  isOld: boolean;
  go: (change: Partial<GraphAddress>) => void;
}) {
  const { t } = useTranslation("graph");
  const { platform, identity } = card;
  const asked = to === null ? null : idOf(to);
  const request = useQuery({
    queryKey: ["path", platform, identity, asked, level],
    queryFn: ({ signal }) => client.path(idOf({ platform, identity }), asked!, { level }, { signal }),
    enabled: to !== null,
  });
  const path = (to !== null && request.data) || null;
  const model = useMemo(() => modelOf(card, path), [card, path]);
  const onPath = useMemo(
    () => path && new Set(path.steps.flatMap(({ from, to: next, edge }) => [idOf(from), idOf(next), edge.id])),
    [path],
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const select = useCallback((id: string | null) => setChosen(id), []);
  const selected = (chosen !== null && model.byId.get(chosen)) || null;
  const ask = (next: Vertex | null) => go({ to: next });

  if (model.edges.length === 0) {
    return (
      <Card>
        <EmptyState
          icon="graph"
          title={t("empty.title")}
          action={<LinkButton href={`/me/bind/${encodeURIComponent(platform)}`}>{t("empty.bind")}</LinkButton>}
        >
          <p>{t("empty.text")}</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      {model.truncated && (
        <Notice tone="wait" icon="alert" title={t("truncated.title")}>
          <p>{t("truncated.text", { count: model.nodes.length })}</p>
        </Notice>
      )}
      <div className="graph-columns" aria-busy={isOld}>
        <Card flush>
          <Tabs
            label={t("views.label")}
            tabs={[
              {
                id: "drawing",
                label: t("views.drawing"),
                content: (
                  <>
                    <Drawing
                      model={model}
                      marked={{ selected: selected?.id ?? null, path: onPath && onPath.size > 0 ? onPath : null }}
                      onSelect={select}
                    />
                    <Legend model={model} />
                  </>
                ),
              },
              {
                id: "table",
                label: t("views.table"),
                content: <ConnectionTable model={model} onSelect={select} />,
              },
            ]}
          />
        </Card>
        <div className="graph-side" aria-live="polite">
          <Card title={selected === null ? t("details.title") : <ShortIdentity of={selected} />}>
            {selected === null ? (
              <p className="soft">{t("details.none")}</p>
            ) : (
              <Details
                key={selected.id}
                node={selected}
                model={model}
                onSelect={select}
                onExplain={(id) => ask(vertexOf(id))}
              />
            )}
          </Card>
        </div>
      </div>
      <WhyLinked model={model} to={to} request={request} onAsk={ask} />
    </>
  );
}

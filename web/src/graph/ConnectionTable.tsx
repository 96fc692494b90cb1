import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { Pill } from "../ui/Pill.tsx";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";
import { Level } from "./Level.tsx";
import type { DrawnEdge, GraphModel } from "./model.ts";
import { useWords } from "./words.ts";

/** So many rows are made before the reader asks for all: of many, most are never looked at. */
const FIRST = 100;

/**
 * The graph as a table: all that the drawing shows. The roles repeat what the elements say, because on a narrow screen the
 * style sheet takes rows apart.
 */
export function ConnectionTable({ model, onSelect }: { model: GraphModel; onSelect: (id: string) => void }) {
  const { t } = useTranslation("graph");
  const [isAll, setAll] = useState(false);
  const { edges } = model;
  return (
    <>
      <table role="table" className="table" aria-rowcount={edges.length + 1}>
        <caption>{t("table.caption", { count: edges.length })}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {[t("table.from"), t("table.to"), t("table.evidence"), t("fact.level")].map((title) => (
              <th key={title} role="columnheader" scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {(isAll ? edges : edges.slice(0, FIRST)).map((drawn) => (
            <ConnectionRow key={drawn.edge.id} drawn={drawn} model={model} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
      {!isAll && edges.length > FIRST && (
        <p className="graph-all">
          <Button onClick={() => setAll(true)}>{t("table.all", { count: edges.length })}</Button>
        </p>
      )}
    </>
  );
}

const ConnectionRow = memo(function ConnectionRow({
  drawn: { edge, source, target },
  model,
  onSelect,
}: {
  drawn: DrawnEdge;
  model: GraphModel;
  onSelect: (id: string) => void;
}) {
  const { t } = useTranslation("graph");
  const words = useWords();
  return (
    <tr role="row">
      <th role="rowheader" scope="row" data-label={t("table.from")}>
        <Choose id={source} model={model} onSelect={onSelect} />
      </th>
      <td role="cell" data-label={t("table.to")}>
        <Choose id={target} model={model} onSelect={onSelect} />
      </td>
      <td role="cell" data-label={t("table.evidence")}>
        <span>
          {words.evidence(edge.evidence)}{" "}
          {edge.disputed && (
            <Pill tone="wait" icon="alert">
              {t("disputed.name")}
            </Pill>
          )}
        </span>
      </td>
      <td role="cell" data-label={t("fact.level")}>
        <Level level={edge.level} />
      </td>
    </tr>
  );
});

function Choose({ id, model, onSelect }: { id: string; model: GraphModel; onSelect: (id: string) => void }) {
  return (
    <Button small look="quiet" onClick={() => onSelect(id)}>
      <ShortIdentity of={model.byId.get(id)!} />
    </Button>
  );
}

import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Level } from "./Level.tsx";
import type { GraphModel } from "./model.ts";
import { ShortIdentity } from "./ShortIdentity.tsx";
import { useWords } from "./words.ts";

/**
 * The graph as a table: all that the drawing shows. The roles repeat what the elements say, because on a narrow screen the
 * style sheet takes rows apart.
 */
export function ConnectionTable({ model, onSelect }: { model: GraphModel; onSelect: (id: string) => void }) {
  const { t } = useTranslation("graph");
  const words = useWords();
  const columns = [t("table.from"), t("table.to"), t("table.evidence"), t("fact.level")] as const;
  return (
    <table role="table" className="table">
      <caption>{t("table.caption", { count: model.edges.length })}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((title) => (
            <th key={title} role="columnheader" scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {model.edges.map(({ edge, source, target }) => (
          <tr role="row" key={edge.id}>
            <th role="rowheader" scope="row" data-label={columns[0]}>
              <Choose id={source} model={model} onSelect={onSelect} />
            </th>
            <td role="cell" data-label={columns[1]}>
              <Choose id={target} model={model} onSelect={onSelect} />
            </td>
            <td role="cell" data-label={columns[2]}>
              <span>
                {words.evidence(edge.evidence)}{" "}
                {edge.disputed && (
                  <Pill tone="wait" icon="alert">
                    {t("disputed.name")}
                  </Pill>
                )}
              </span>
            </td>
            <td role="cell" data-label={columns[3]}>
              <Level level={edge.level} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Choose({ id, model, onSelect }: { id: string; model: GraphModel; onSelect: (id: string) => void }) {
  return (
    <Button small look="quiet" onClick={() => onSelect(id)}>
      <ShortIdentity of={model.byId.get(id)!} />
    </Button>
  );
}

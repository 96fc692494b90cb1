import type { AvatarBinding, CheckedChain } from "@syngraph/sdk/client";
import { useTranslation } from "react-i18next";

import { Card } from "../ui/Card.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Platform } from "../ui/Platform.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";
import { backingOf } from "./backing.ts";
import { useLinkName } from "./useLinkName.ts";

const COLUMNS = ["platform", "identity", "status", "since", "chain"] as const;

/**
 * What an avatar is bound to. The roles repeat what the elements say, because on a narrow screen the style sheet takes
 * rows apart, and browsers then forget that they were a table.
 */
export function BindingTable({
  bindings,
  chains,
  level,
}: {
  bindings: readonly AvatarBinding[];
  chains: readonly CheckedChain[];
  level: 2 | 3;
}) {
  const { t } = useTranslation("avatar");
  if (bindings.length === 0) {
    return (
      <Card title={t("bindings.title")} level={level}>
        <p className="soft">{t("bindings.none")}</p>
      </Card>
    );
  }
  return (
    <Card title={t("bindings.title")} level={level} flush lead={t("bindings.caption")}>
      <table className="table bindings" role="table" aria-label={t("bindings.title")}>
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((column) => (
              <th key={column} role="columnheader" scope="col">
                {t(`bindings.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {bindings.map((binding) => (
            <BindingRow
              key={`${binding.chain_id} ${binding.platform} ${binding.identity}`}
              binding={binding}
              chains={chains}
            />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function BindingRow({ binding, chains }: { binding: AvatarBinding; chains: readonly CheckedChain[] }) {
  const { t } = useTranslation("avatar");
  const nameOf = useLinkName();
  const { outcome, reason, link } = backingOf(binding, chains);
  return (
    <tr role="row">
      <td role="cell" data-label={t("bindings.platform")}>
        <span>
          <Platform platform={binding.platform} />
          {chains.length > 1 && (
            <span className="soft small-text"> {t("bindings.onChain", { chain: binding.chain_id })}</span>
          )}
        </span>
      </td>
      <th role="rowheader" scope="row" data-label={t("bindings.identity")}>
        <bdi>{binding.identity}</bdi>
      </th>
      <td role="cell" data-label={t("bindings.status")}>
        <span>
          <Status status={binding.status} isValid={binding.is_valid} />
        </span>
      </td>
      <td role="cell" data-label={t("bindings.since")}>
        <Time seconds={binding.as_of} />
      </td>
      <td role="cell" data-label={t("bindings.chain")}>
        <Mark outcome={outcome}>{t(`backing.${reason}`, { link: link ? nameOf(link) : "" })}</Mark>
      </td>
    </tr>
  );
}

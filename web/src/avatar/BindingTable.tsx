import type { AvatarBinding } from "@syngraph/sdk/client";

import { Mark } from "../ui/Mark.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";
import { type CheckedChain, backingOf } from "./checkChains.ts";

/**
 * What an avatar is bound to. The roles repeat what the elements say, because on a narrow screen the style sheet takes
 * rows apart, and browsers then forget that they were a table.
 */
export function BindingTable({
  bindings,
  chains,
}: {
  bindings: readonly AvatarBinding[];
  chains: readonly CheckedChain[];
}) {
  return (
    <section aria-labelledby="bindings">
      <h3 id="bindings">Bindings</h3>
      {bindings.length === 0 ? (
        <p>None.</p>
      ) : (
        <table role="table">
          <caption>
            Confirmed: both sides stand for it. Suspended: the other side’s confirmation is gone. Claimed: only the
            avatar says so. Deleted: taken back. The last column was checked here.
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Platform", "Identity", "Status", "Since", "Proof chain"].map((title) => (
                <th key={title} role="columnheader" scope="col">
                  {title}
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
      )}
    </section>
  );
}

function BindingRow({ binding, chains }: { binding: AvatarBinding; chains: readonly CheckedChain[] }) {
  const backing = backingOf(binding, chains);
  return (
    <tr role="row">
      <td role="cell" data-label="Platform">
        <span>
          {binding.platform}
          {chains.length > 1 && <span className="soft"> on chain {binding.chain_id}</span>}
        </span>
      </td>
      <th role="rowheader" scope="row" data-label="Identity">
        <bdi>{binding.identity}</bdi>
      </th>
      <td role="cell" data-label="Status">
        <span>
          <Status status={binding.status} />
        </span>
      </td>
      <td role="cell" data-label="Since">
        <Time seconds={binding.as_of} />
      </td>
      <td role="cell" data-label="Proof chain">
        <Mark outcome={backing.outcome}>{backing.reason}</Mark>
      </td>
    </tr>
  );
}

import type { ReactNode } from "react";

/** Names and values, one pair a row: what a thing is. Pairs that are false or null are left out. */
export function Facts({ of }: { of: readonly (readonly [name: ReactNode, value: ReactNode] | false | null)[] }) {
  return (
    <dl className="facts">
      {of
        .filter(Boolean as unknown as (pair: unknown) => pair is readonly [ReactNode, ReactNode])
        .map(([name, value], index) => (
          <div className="row" key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

import type { Finding } from "./registry.ts";
import { Identity } from "../ui/Identity.tsx";
import { InternalLink } from "../ui/InternalLink.tsx";
import { Status } from "../ui/Status.tsx";

/** How many bindings of an avatar a result names. */
const NAMED = 6;

/** Avatars to choose from, each with some of its bindings. */
export function ResultList({ found }: { found: readonly Finding[] }) {
  return (
    <ul className="plain results">
      {found.map(({ avatar, exact, bindings }) => (
        <li key={avatar}>
          <article className="card">
            <InternalLink to={{ query: avatar }}>
              <span className="key">{avatar}</span>
            </InternalLink>
            {!exact && <p className="soft">Similar, not the same identity:</p>}
            <ul className="tags" aria-label="Bindings">
              {bindings.slice(0, NAMED).map((binding) => (
                <li key={`${binding.chain_id} ${binding.platform} ${binding.identity}`}>
                  <Identity of={binding} /> <Status status={binding.status} />
                </li>
              ))}
              {bindings.length > NAMED && <li>and {bindings.length - NAMED} more</li>}
            </ul>
          </article>
        </li>
      ))}
    </ul>
  );
}

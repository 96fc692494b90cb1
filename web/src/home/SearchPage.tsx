import { AvatarPage } from "../avatar/AvatarPage.tsx";
import type { Place } from "./place.ts";
import { type Findings, findAvatars } from "./registry.ts";
import { InternalLink } from "../ui/InternalLink.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { useQuery } from "@tanstack/react-query";
import { ResultList } from "./ResultList.tsx";

/** What a search found: nothing, the one avatar itself, or a list to choose from. */
export function SearchPage({ place }: { place: Place }) {
  const request = useQuery({ queryKey: ["search", place], queryFn: ({ signal }) => findAvatars(place, signal) });
  return (
    <section aria-label="Search results">
      <Waiting request={request}>{(findings) => <Results place={place} findings={findings} />}</Waiting>
    </section>
  );
}

function Results({ place, findings }: { place: Place; findings: Findings }) {
  const { found, next } = findings;
  // Only what has the very identity may stand for it without a choice.
  const only = found.length === 1 && place.page === 1 && next === 0 && found[0]!.exact ? found[0]! : undefined;
  return (
    <>
      <PageHeading title={place.query}>
        Results for <q>{place.query}</q>
      </PageHeading>
      <p role="status">{summaryOf(place, findings)}</p>
      {found.length === 0 && !place.any && (
        <p>
          <InternalLink to={{ ...place, any: true, page: 1 }}>
            Search claims that nobody confirmed, and deleted bindings, too
          </InternalLink>
        </p>
      )}
      {only ? <AvatarPage publicKey={only.avatar} within /> : <ResultList found={found} />}
      {(place.page > 1 || next > 0) && (
        <nav className="pages" aria-label="Pages of results">
          {place.page > 1 && <InternalLink to={{ ...place, page: place.page - 1 }}>Previous page</InternalLink>}
          {next > 0 && <InternalLink to={{ ...place, page: next }}>Next page</InternalLink>}
        </nav>
      )}
    </>
  );
}

function summaryOf({ page, platform, any }: Place, { found, next }: Findings): string {
  let count = found.length === 1 ? "1 avatar" : `${found.length} avatars`;
  if (found.length === 0) count = "No avatar found";
  else if (page > 1 || next > 0) count += ` on page ${page}`;
  const where = platform === "" ? "" : `, only on ${platform}`;
  return `${count}${where}, ${any ? "with claims and deleted bindings" : "without claims and deleted bindings"}.`;
}

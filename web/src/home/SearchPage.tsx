import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { AvatarPage } from "../avatar/AvatarPage.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { platformName } from "../ui/Platform.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { type Place, placeHref } from "./place.ts";
import { type Findings, findAvatars } from "./registry.ts";
import { ResultList } from "./ResultList.tsx";

/** What a search found: nothing, the one avatar itself, or a list to choose from. */
export function SearchPage({ place }: { place: Place }) {
  const { t } = useTranslation("home");
  const request = useQuery({ queryKey: ["search", place], queryFn: ({ signal }) => findAvatars(place, signal) });
  return (
    <section aria-label={t("results.label")} className="stack">
      <PageHeading title={place.query}>
        {t("results.for")} <q>{place.query}</q>
      </PageHeading>
      <Waiting request={request} what={t("results.loading")} lines={6}>
        {(findings) => <Results place={place} findings={findings} />}
      </Waiting>
    </section>
  );
}

function Results({ place, findings }: { place: Place; findings: Findings }) {
  const { t } = useTranslation("home");
  const summaryOf = useSummary();
  const { found, next } = findings;
  // Only what has the very identity may stand for it without a choice.
  const only = found.length === 1 && place.page === 1 && next === 0 && found[0]!.exact ? found[0]! : undefined;
  return (
    <>
      <p role="status" className="soft results-summary">
        {summaryOf(place, findings)}
      </p>
      {found.length === 0 && (
        <Card>
          <EmptyState
            icon="search"
            title={t("results.noneTitle")}
            action={!place.any && <Link href={placeHref({ ...place, any: true, page: 1 })}>{t("results.tryAny")}</Link>}
          >
            {t("results.noneHint")}
          </EmptyState>
        </Card>
      )}
      {only ? <AvatarPage publicKey={only.avatar} within /> : <ResultList found={found} />}
      {(place.page > 1 || next > 0) && (
        <nav className="actions" aria-label={t("results.pages")}>
          {place.page > 1 && (
            <LinkButton href={placeHref({ ...place, page: place.page - 1 })} icon="back">
              {t("results.previous")}
            </LinkButton>
          )}
          {next > 0 && (
            <LinkButton href={placeHref({ ...place, page: next })} icon="arrow">
              {t("results.next")}
            </LinkButton>
          )}
        </nav>
      )}
    </>
  );
}

/** What was found, in a sentence. */
function useSummary(): (place: Place, findings: Findings) => string {
  const { t } = useTranslation("home");
  return ({ page, platform, any }, { found, next }) => {
    const count = found.length;
    let text = count === 0 ? t("results.none") : t("results.count", { count });
    if (count > 0 && (page > 1 || next > 0)) text = t("results.onPage", { found: text, page });
    if (platform !== "") text = t("results.onPlatform", { found: text, platform: platformName(platform) });
    return t(any ? "results.with" : "results.without", { found: text });
  };
}

import { Suspense, lazy, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter/use-browser-location";

import { PageHeading } from "../ui/PageHeading.tsx";
import { Loading } from "../ui/Waiting.tsx";
import { parsePlace } from "./place.ts";
import { SearchForm } from "./SearchForm.tsx";
import { StartPage } from "./StartPage.tsx";

import "./home.css";

/** What checks signatures is large, and the start needs none of it. */
const Results = lazy(async () => ({ default: (await import("./Results.tsx")).Results }));

/** The start, what a search found, or the avatar whose key was searched. */
export function HomePage() {
  const { t } = useTranslation("home");
  const search = useSearch();
  const place = useMemo(() => parsePlace(search), [search]);
  if (place.query === "") {
    return (
      <>
        <div className="hero">
          <PageHeading title={t("title")} tab="Syngraph" lead={t("lead")} />
          <SearchForm place={place} />
        </div>
        <StartPage />
      </>
    );
  }
  return (
    <>
      <SearchForm place={place} />
      <Suspense fallback={<Loading lines={6} />}>
        <Results place={place} />
      </Suspense>
    </>
  );
}

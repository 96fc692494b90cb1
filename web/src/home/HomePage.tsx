import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter/use-browser-location";

import { AvatarPage } from "../avatar/AvatarPage.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { avatarKeyOf, parsePlace } from "./place.ts";
import { SearchForm } from "./SearchForm.tsx";
import { SearchPage } from "./SearchPage.tsx";
import { StartPage } from "./StartPage.tsx";

import "./home.css";

/** The start, what a search found, or the avatar whose key was searched. */
export function HomePage() {
  const { t } = useTranslation("home");
  const search = useSearch();
  const place = useMemo(() => parsePlace(search), [search]);
  const avatar = avatarKeyOf(place);
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
      {avatar === undefined ? <SearchPage place={place} /> : <AvatarPage publicKey={avatar} />}
    </>
  );
}

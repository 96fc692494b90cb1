import { useMemo } from "react";
import { useSearch } from "wouter/use-browser-location";

import { AvatarPage } from "../avatar/AvatarPage.tsx";
import { avatarKeyOf, parsePlace } from "./place.ts";
import { SearchForm } from "./SearchForm.tsx";
import { SearchPage } from "./SearchPage.tsx";
import { StartPage } from "./StartPage.tsx";

/** The start, what a search found, or the avatar whose key was searched. */
export function HomePage() {
  const search = useSearch();
  const place = useMemo(() => parsePlace(search), [search]);
  const avatar = avatarKeyOf(place);
  let view = <SearchPage place={place} />;
  if (place.query === "") view = <StartPage />;
  else if (avatar !== undefined) view = <AvatarPage publicKey={avatar} />;
  return (
    <>
      <SearchForm place={place} />
      {view}
    </>
  );
}

import { AvatarPage } from "./avatar/AvatarPage.tsx";
import { avatarKeyOf } from "./place.ts";
import { SearchForm } from "./search/SearchForm.tsx";
import { SearchPage } from "./search/SearchPage.tsx";
import { StartPage } from "./StartPage.tsx";
import { InternalLink } from "./ui/InternalLink.tsx";
import { usePlace } from "./usePlace.ts";

/** The frame of every view, and the choice of the view. */
export function App() {
  const place = usePlace();
  const avatar = avatarKeyOf(place);
  let view = <SearchPage place={place} />;
  if (place.query === "") view = <StartPage />;
  else if (avatar !== undefined) view = <AvatarPage publicKey={avatar} />;

  return (
    <div className="frame">
      <header>
        <h1>
          <InternalLink to={{}}>Syngraph</InternalLink>
        </h1>
        <SearchForm place={place} />
      </header>
      <main>{view}</main>
    </div>
  );
}

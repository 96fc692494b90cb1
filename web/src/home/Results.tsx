import { AvatarPage } from "../avatar/AvatarPage.tsx";
import { avatarKeyOf } from "./avatarKey.ts";
import type { Place } from "./place.ts";
import { SearchPage } from "./SearchPage.tsx";

/** What a search found, or the avatar whose key was searched. */
export function Results({ place }: { place: Place }) {
  const avatar = avatarKeyOf(place);
  return avatar === undefined ? <SearchPage place={place} /> : <AvatarPage publicKey={avatar} />;
}

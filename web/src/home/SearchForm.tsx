import { type FormEvent, useLayoutEffect, useState } from "react";

import { type Place, placeHref } from "./place.ts";
import { fetchPlatforms } from "./registry.ts";
import { navigate } from "../app/location.ts";
import { useQuery } from "@tanstack/react-query";

/** The search box. A plain GET form, so that its address is the one {@link placeHref} makes. */
export function SearchForm({ place }: { place: Place }) {
  const [query, setQuery] = useState(place.query);
  const [platform, setPlatform] = useState(place.platform);
  const [any, setAny] = useState(place.any);
  // Back and forward, and links, change the place behind the form’s back; it follows before anything is painted.
  useLayoutEffect(() => {
    setQuery(place.query);
    setPlatform(place.platform);
    setAny(place.any);
  }, [place]);

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    navigate(placeHref({ query: query.trim(), platform, any }));
  }

  return (
    <form className="search" role="search" action="/" method="get" onSubmit={onSubmit}>
      <label>
        Identity or avatar
        <input
          name="q"
          type="search"
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="alice, example.com, 0x…"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      <label>
        Platform
        <PlatformSelect value={platform} onChange={setPlatform} />
      </label>
      <button type="submit">Search</button>
      <label className="option">
        <input name="any" type="checkbox" value="1" checked={any} onChange={(event) => setAny(event.target.checked)} />
        Include claims that nobody confirmed, and deleted bindings
      </label>
    </form>
  );
}

function PlatformSelect({ value, onChange }: { value: string; onChange: (platform: string) => void }) {
  const request = useQuery({
    queryKey: ["platforms"],
    queryFn: ({ signal }) => fetchPlatforms(signal),
    staleTime: Infinity,
  });
  // Without the list one can still search all platforms, and the one that the address names.
  const offered = request.data ?? [];
  const platforms = value === "" || offered.includes(value) ? offered : [...offered, value];
  return (
    <select name="platform" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">All platforms</option>
      {platforms.map((platform) => (
        <option key={platform}>{platform}</option>
      ))}
    </select>
  );
}

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { navigate } from "../app/location.ts";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Field.tsx";
import { Icon } from "../ui/icons.tsx";
import { platformName } from "../ui/Platform.tsx";
import { type Place, placeHref } from "./place.ts";
import { fetchPlatforms } from "./platforms.ts";

/** The search box. A plain GET form, so that its address is the one {@link placeHref} makes. */
export function SearchForm({ place }: { place: Place }) {
  const { t } = useTranslation("home");
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
      <div className="search-row">
        <label className="search-query">
          <span className="unseen">{t("search.label")}</span>
          <Icon name="search" />
          <input
            name="q"
            type="search"
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={t("search.placeholder")}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
        <label className="search-platform">
          <span className="unseen">{t("search.platform")}</span>
          <PlatformSelect value={platform} onChange={setPlatform} />
        </label>
        <Button type="submit" look="primary">
          {t("search.submit")}
        </Button>
      </div>
      <Checkbox
        label={t("search.any")}
        name="any"
        value="1"
        checked={any}
        onChange={(event) => setAny(event.target.checked)}
      />
    </form>
  );
}

function PlatformSelect({ value, onChange }: { value: string; onChange: (platform: string) => void }) {
  const { t } = useTranslation("home");
  const request = useQuery({
    queryKey: ["search", "platforms"],
    queryFn: ({ signal }) => fetchPlatforms(signal),
    staleTime: Infinity,
  });
  // Without the list one can still search all platforms, and the one that the address names.
  const offered = request.data ?? [];
  const platforms = value === "" || offered.includes(value) ? offered : [...offered, value];
  return (
    <select name="platform" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t("search.all")}</option>
      {platforms.map((platform) => (
        <option key={platform} value={platform}>
          {platformName(platform)}
        </option>
      ))}
    </select>
  );
}

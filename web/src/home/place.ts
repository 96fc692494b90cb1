/** What the page shows, as its address says it: `?q=alice&platform=github&any=1&page=2`. */
export interface Place {
  /** What is looked for: an identity, or an avatar's public key. Empty on the start page. */
  query: string;
  /** Only this platform; empty for all. */
  platform: string;
  /** Whether claims that nobody confirmed, and deleted bindings, count as well. */
  any: boolean;
  /** Page of the results, from 1. */
  page: number;
}

/** Reads the query part of an address. Whatever stands there, the answer is a place. */
export function parsePlace(search: string): Place {
  const params = new URLSearchParams(search);
  const page = Number(params.get("page"));
  return {
    query: (params.get("q") ?? "").trim(),
    platform: (params.get("platform") ?? "").trim(),
    any: params.get("any") === "1",
    page: Number.isSafeInteger(page) && page > 1 ? page : 1,
  };
}

/** The address of a place on this page. */
export function placeHref(place: Partial<Place>): string {
  const params = new URLSearchParams();
  if (place.query) params.set("q", place.query);
  if (place.platform) params.set("platform", place.platform);
  if (place.any) params.set("any", "1");
  if (place.page && place.page > 1) params.set("page", String(place.page));
  const search = params.toString();
  return search === "" ? "/" : `/?${search}`;
}

import { useParams } from "wouter";
import { navigate as go, usePathname, useSearch } from "wouter/use-browser-location";

/**
 * wouter decodes what it gets with `decodeURI`, so that a `%25` in an identity would be decoded twice. Escaped once more, it
 * comes out as it stands in the address bar.
 */
const raw = (text: string) => text.replaceAll("%", "%25");

/** The hooks of our router: addresses as they are. Parameters are read with {@link useParam}. */
export const ROUTER = {
  hook: () => [raw(usePathname()), navigate] as [string, typeof navigate],
  searchHook: () => raw(useSearch()),
};

/** Whether the reader came to the present page from another one of ours. */
let moved = false;
window.addEventListener("popstate", () => (moved = true));

export function hasMoved(): boolean {
  return moved;
}

/** Goes to an address of this page without loading it anew. */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  const here = window.location.pathname + window.location.search;
  if (href === here) return;
  moved = true;
  go(href, options);
  if (!options.replace) window.scrollTo(0, 0);
}

/** A part of the path, decoded; as it stands in the address where that cannot be decoded. Empty where the route has none. */
export function useParam(name: string): string {
  const text = useParams()[name] ?? "";
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import type { MouseEvent, ReactNode } from "react";

import { type Place, placeHref } from "../place.ts";
import { navigate } from "../usePlace.ts";

/** A link to another place of this page; a click with a modifier key opens it as the browser would. */
export function InternalLink({ to, children }: { to: Partial<Place>; children: ReactNode }) {
  const href = placeHref(to);
  function onClick(event: MouseEvent) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  }
  return (
    <a href={href} onClick={onClick}>
      {children}
    </a>
  );
}

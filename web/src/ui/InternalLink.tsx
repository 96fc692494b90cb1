import type { ReactNode } from "react";
import { Link } from "wouter";

import { type Place, placeHref } from "../home/place.ts";

/** A link to another place of the search. */
export function InternalLink({ to, children }: { to: Partial<Place>; children: ReactNode }) {
  return <Link href={placeHref(to)}>{children}</Link>;
}

import { type ReactNode, useEffect, useRef } from "react";

/** The heading of what a link led to: takes the focus, so that readers who do not see the page start there. */
export function PageHeading({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Syngraph`;
    // Not while somebody types the next query.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <h2 ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
}

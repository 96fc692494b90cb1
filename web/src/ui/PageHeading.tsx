import { type ReactNode, useEffect, useRef } from "react";

/**
 * The one `<h1>` of a page, and its title in the tab. It takes the focus after a navigation, so that readers who do not see
 * the page start there.
 *
 * @param title names the tab; shown too, unless `children` say it with markup.
 * @param tab what the tab is called instead.
 * @param lead a sentence under it.
 * @param actions buttons at its side.
 */
export function PageHeading({
  title,
  tab = `${title} · Syngraph`,
  lead,
  actions,
  children,
}: {
  title: string;
  tab?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = tab;
    // Not while somebody types the next query.
    if (document.activeElement === document.body || document.activeElement?.closest("a")) {
      heading.current?.focus({ preventScroll: true });
    }
  }, [tab]);
  return (
    <header className="page-heading">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {children ?? title}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </div>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </header>
  );
}

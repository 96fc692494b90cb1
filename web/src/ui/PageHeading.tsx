import { type ReactNode, useEffect, useRef } from "react";

import { hasMoved } from "../app/location.ts";

/**
 * The one `<h1>` of a page, and its title in the tab. It takes the focus after a navigation, so that readers who do not see
 * the page start there.
 *
 * @param title names the tab; shown too, unless `children` say it with markup.
 * @param tab what the tab is called instead.
 * @param lead a sentence under it.
 * @param actions buttons at its side.
 * @param takeFocus whether it takes the focus on a page that was there before, too: where what had it is gone.
 */
export function PageHeading({
  title,
  tab = `${title} · Syngraph`,
  lead,
  actions,
  takeFocus = false,
  children,
}: {
  title: string;
  tab?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  takeFocus?: boolean;
  children?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = tab;
    // From a link, or where what had the focus is gone; not on arrival, nor while somebody types the next query.
    const { activeElement } = document;
    const isFree = activeElement === document.body || activeElement?.closest("a");
    if (isFree && (takeFocus || hasMoved())) heading.current?.focus({ preventScroll: true });
  }, [tab, takeFocus]);
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

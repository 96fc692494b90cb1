import { type ReactNode, useId } from "react";

/**
 * A framed part of a page. With a title it is a section that has it as its heading and name.
 *
 * @param level of the heading; 2 unless told.
 * @param actions buttons beside the title.
 * @param flush whether the content reaches the frame, as lists and tables do.
 */
export function Card({
  title,
  level = 2,
  lead,
  actions,
  flush = false,
  children,
}: {
  title?: ReactNode;
  level?: 2 | 3 | 4;
  lead?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  const Heading = `h${level}` as const;
  const className = flush ? "card flush" : "card";
  if (title === undefined) return <div className={className}>{children}</div>;
  return (
    <section className={className} aria-labelledby={id}>
      <header className="card-head">
        <div>
          <Heading id={id}>{title}</Heading>
          {lead !== undefined && <p className="soft">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

import type { ReactNode } from "react";

import { Icon, type IconName } from "./icons.tsx";

/** Where a list would be that has nothing in it yet: what would be there, and how it comes there. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <p className="empty-title">{title}</p>
      {children !== undefined && <div className="soft">{children}</div>}
      {action !== undefined && <div className="actions">{action}</div>}
    </div>
  );
}

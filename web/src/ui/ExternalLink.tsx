import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "./icons.tsx";

/**
 * A link away from this page, in a new tab that does not learn where it came from. What others wrote may stand in `href`: only
 * addresses of http and https become links; anything else is shown as text.
 */
export function ExternalLink({
  href,
  children,
  button = false,
}: {
  href: string;
  children: ReactNode;
  button?: boolean;
}) {
  const { t } = useTranslation();
  const url = URL.parse(href);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return <bdi>{children}</bdi>;
  return (
    <a
      className={button ? "button secondary" : undefined}
      href={url.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
    >
      {children}
      <Icon name="external" size={16} />
      <span className="unseen"> {t("newTab")}</span>
    </a>
  );
}

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

const PLACES = [
  ["/", "search"],
  ["/me", "me"],
  ["/activity", "activity"],
  ["/operator", "operator"],
  ["/settings", "settings"],
] as const;

/** The frame around every page: skip link, navigation, content. */
export function Layout({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [path] = useLocation();
  return (
    <>
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header className="top">
        <Link href="/" className="brand">
          {t("name")}
        </Link>
        <nav aria-label={t("nav.label")}>
          {PLACES.map(([href, name]) => (
            <Link key={href} href={href} aria-current={isUnder(path, href) ? "page" : undefined}>
              {t(`nav.${name}`)}
            </Link>
          ))}
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function isUnder(path: string, place: string): boolean {
  return path === place || (place !== "/" && path.startsWith(`${place}/`));
}

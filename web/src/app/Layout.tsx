import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

import { type IconName, Icon, Logo } from "../ui/icons.tsx";
import { Toasts } from "../ui/Toasts.tsx";
import { KeyringChip } from "./KeyringChip.tsx";

const PLACES = [
  ["/", "search", "search"],
  ["/me", "me", "user"],
  ["/activity", "activity", "activity"],
  ["/operator", "operator", "server"],
  ["/settings", "settings", "settings"],
] as const satisfies (readonly [href: string, name: string, icon: IconName])[];

/** The frame around every page: skip link, navigation, the avatar at hand, content, foot. */
export function Layout({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [path] = useLocation();
  return (
    <>
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header className="top">
        <div className="top-row">
          <Link href="/" className="brand">
            <Logo /> {t("name")}
          </Link>
          <nav className="places" aria-label={t("nav.label")}>
            {PLACES.map(([href, name, icon]) => (
              <Link key={href} href={href} aria-current={isUnder(path, href) ? "page" : undefined}>
                <Icon name={icon} />
                {t(`nav.${name}`)}
              </Link>
            ))}
          </nav>
          <KeyringChip />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <ul>
          {/* Pages of the API, not of this page. */}
          <li>
            <a href="/docs">{t("foot.docs")}</a>
          </li>
          <li>
            <a href="/graphiql">{t("foot.graphql")}</a>
          </li>
          <li>
            <a href="/openapi.json">{t("foot.openapi")}</a>
          </li>
        </ul>
      </footer>
      <Toasts />
    </>
  );
}

function isUnder(path: string, place: string): boolean {
  return path === place || (place !== "/" && path.startsWith(`${place}/`));
}

import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

const PLACES = [
  ["/me", "bindings"],
  ["/me/keys", "keys"],
  ["/me/session", "session"],
] as const;

/** The pages about the reader's own avatar. */
export function MeNav() {
  const { t } = useTranslation("me");
  const [path] = useLocation();
  return (
    <nav className="subnav" aria-label={t("nav.label")}>
      {PLACES.map(([href, name]) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {t(`nav.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

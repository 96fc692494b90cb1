import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { Identity } from "../ui/Identity.tsx";
import { Icon } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Pill } from "../ui/Pill.tsx";
import { Status } from "../ui/Status.tsx";
import { placeHref } from "./place.ts";
import type { Finding } from "./registry.ts";

/** How many bindings of an avatar a result names. */
const NAMED = 6;

/** Avatars to choose from, each with some of its bindings. */
export function ResultList({ found }: { found: readonly Finding[] }) {
  const { t } = useTranslation("home");
  return (
    <ul className="plain results">
      {found.map(({ avatar, exact, bindings }) => (
        <li key={avatar}>
          <article className="card">
            <header className="cluster">
              <Icon name="key" />
              <Link href={placeHref({ query: avatar })} aria-label={avatar}>
                <KeyText text={avatar} wide />
              </Link>
              {!exact && <Pill icon="question">{t("results.similar")}</Pill>}
            </header>
            <ul className="plain" aria-label={t("results.bindings")}>
              {bindings.slice(0, NAMED).map((binding) => (
                <li key={`${binding.chain_id} ${binding.platform} ${binding.identity}`}>
                  <Identity of={binding} /> <Status status={binding.status} isValid={binding.is_valid} />
                </li>
              ))}
              {bindings.length > NAMED && (
                <li className="soft">{t("results.more", { count: bindings.length - NAMED })}</li>
              )}
            </ul>
          </article>
        </li>
      ))}
    </ul>
  );
}

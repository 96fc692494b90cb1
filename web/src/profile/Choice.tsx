import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { Identity } from "../ui/Identity.tsx";
import { Icon } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Time } from "../ui/Time.tsx";
import { StandingPill } from "./Claims.tsx";
import type { Person } from "./profile.ts";

/** Other identities of each that are named. */
const NAMED = 5;

/** Several people have proved the same name: none of them is shown in another's place. */
export function Choice({ identity, people }: { identity: string; people: readonly Person[] }) {
  const { t } = useTranslation("profile");
  const title = t("choice.title", { identity });
  return (
    <>
      <PageHeading title={title} lead={t("choice.lead", { count: people.length })}>
        <bdi>{title}</bdi>
      </PageHeading>
      <ul className="plain grid people">
        {people.map((person) => (
          <li key={person.avatar} className="card">
            <h2>
              <Link href={`/avatar/${person.avatar}`}>
                <Identity of={person} />
              </Link>
            </h2>
            <p className="soft small-text cluster">
              <StandingPill standing={person.standing} />
              <span>
                {t("choice.since")} <Time seconds={person.since} />
              </span>
            </p>
            {person.others.length > 0 && (
              <>
                <h3 className="small-text">{t("choice.identities")}</h3>
                <ul className="plain">
                  {person.others.slice(0, NAMED).map((other) => (
                    <li key={`${other.platform} ${other.identity}`}>
                      <Identity of={other} />
                    </li>
                  ))}
                </ul>
              </>
            )}
            <p className="small-text cluster">
              <Icon name="key" size={16} />
              <KeyText text={person.avatar} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

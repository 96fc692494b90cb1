import { useTranslation } from "react-i18next";

import { useKeyring } from "../keyring/useKeyring.ts";
import { LinkButton } from "../ui/Button.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";

const STEPS = [
  ["create", "key"],
  ["bind", "link"],
  ["check", "shield"],
] as const satisfies (readonly [string, IconName])[];

const SAMPLE = `import { Syngraph } from "@syngraph/sdk";

const syngraph = new Syngraph({ api: "${window.location.origin}" });
for await (const { avatar, proofs } of syngraph.proofs({ platform: "github", identity: "alice" })) {
  console.log(avatar, proofs);
}`;

/** How it works and what for, under the search of the start page. */
export function StartPage() {
  const { t } = useTranslation("home");
  const { state } = useKeyring();
  return (
    <>
      <section className="how" aria-labelledby="how">
        <h2 id="how">{t("steps.title")}</h2>
        <ol className="plain">
          {STEPS.map(([step, icon], index) => (
            <li key={step} className="card">
              <span className="how-mark" aria-hidden="true">
                <Icon name={icon} />
                <span>{index + 1}</span>
              </span>
              <h3>{t(`steps.${step}.title`)}</h3>
              <p className="soft">{t(`steps.${step}.text`)}</p>
            </li>
          ))}
        </ol>
        <div className="actions">
          {state === "none" ? (
            <LinkButton href="/me/keys" look="primary" icon="key">
              {t("start.none")}
            </LinkButton>
          ) : (
            <>
              <LinkButton href="/me/bind" look="primary" icon="plus">
                {t("start.bind")}
              </LinkButton>
              <LinkButton href="/me" icon="user">
                {t("start.mine")}
              </LinkButton>
            </>
          )}
        </div>
      </section>
      <section className="developers card" aria-labelledby="developers">
        <div>
          <h2 id="developers">{t("developers.title")}</h2>
          <p className="soft">{t("developers.text")}</p>
          <a className="button secondary" href="/docs">
            {t("developers.docs")}
            <Icon name="arrow" size={18} />
          </a>
        </div>
        <div className="sample">
          <pre tabIndex={0} aria-label={t("developers.sample")}>
            {SAMPLE}
          </pre>
          <CopyButton text={SAMPLE} of={t("developers.sample")} />
        </div>
      </section>
    </>
  );
}

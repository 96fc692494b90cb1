import type { CheckedLink, ItemChecks } from "@syngraph/sdk/client";
import { useTranslation } from "react-i18next";

import { CopyButton } from "../ui/CopyButton.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { transactionUrl } from "../ui/explorer.ts";
import { Identity } from "../ui/Identity.tsx";
import { Icon } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";
import { useLinkName } from "./useLinkName.ts";

/** The checks in the order they are shown. */
const CHECKS = ["signature", "order", "text", "linkId", "cosigner"] as const satisfies (keyof ItemChecks)[];

/** One link: what was done, how its checks went, what was signed, and where it stands on chain. */
export function ChainLink({ link, level }: { link: CheckedLink; level: 3 | 4 }) {
  const { t } = useTranslation("avatar");
  const nameOf = useLinkName();
  const { item, check, outcome } = link;
  const failed = outcome === "bad";
  const name = nameOf(link);
  const Heading = `h${level}` as const;
  const explorer = transactionUrl(item.chain_id, item.tx_hash);
  return (
    <article className={failed ? "card chain-card bad" : "card chain-card"} aria-label={name}>
      <header>
        <span className={`link-number ${outcome}`} aria-hidden="true">
          {item.sequence ?? <Icon name="unlink" size={16} />}
        </span>
        <Heading>
          {t(item.action === "create" ? "link.create" : "link.delete")} <Identity of={item} />{" "}
          {item.sequence === null && (
            <span className="soft">{t(`link.releasedBy.${item.platform === "nextid" ? "avatar" : "wallet"}`)}</span>
          )}
        </Heading>
        <span className="soft small-text">
          <Time seconds={item.created_at} />
        </span>
      </header>
      {failed && <p className="problem">{t("link.problem", { problem: check.problem })}</p>}
      <dl className="checks">
        {CHECKS.filter((kind) => check.checks[kind] !== "none").map((kind) => (
          <CheckRow key={kind} name={kind} link={link} />
        ))}
      </dl>
      <details open={failed}>
        <summary>
          <Icon name="chevron" size={16} />
          {t("link.details")}
        </summary>
        <dl className="facts">
          <dt>{t("link.text")}</dt>
          <dd className="signed-text">
            <pre>{item.signature_payload}</pre>
            <CopyButton text={item.signature_payload} of={t("copy.text", { link: name })} />
          </dd>
          <dt>{t("link.signedAt")}</dt>
          <dd>
            <Time seconds={item.created_at} absolute />
          </dd>
          {item.proof_location !== "" && (
            <>
              <dt>{t("link.location")}</dt>
              <dd>
                <ExternalLink href={item.proof_location}>{item.proof_location}</ExternalLink>
              </dd>
            </>
          )}
          {item.status !== "none" && (
            <>
              <dt>{t("link.after")}</dt>
              <dd>
                <Status status={item.status} />
              </dd>
            </>
          )}
          <dt>{t("link.block")}</dt>
          <dd>{item.block}</dd>
          <dt>{t("link.transaction")}</dt>
          <dd className="cluster">
            <KeyText text={item.tx_hash} copy={t("copy.transaction", { link: name })} />
            {explorer !== null && <ExternalLink href={explorer}>{t("link.explorer")}</ExternalLink>}
          </dd>
        </dl>
      </details>
    </article>
  );
}

function CheckRow({ name, link: { item, check } }: { name: keyof ItemChecks; link: CheckedLink }) {
  const { t } = useTranslation("avatar");
  // Who else signs: another avatar or a wallet.
  const words = name === "cosigner" ? (item.platform === "nextid" ? "alias" : "wallet") : name;
  const verdict = check.checks[name];
  let said: string;
  if (verdict === "fail") said = t(`check.${words}.fail`);
  else if (verdict !== "pass") said = t(words === "alias" ? "check.alias.open" : "check.wallet.open");
  else if (words !== "order") said = t(`check.${words}.pass`);
  else if (item.sequence !== 1) said = t("check.order.pass", { previous: Number(item.sequence) - 1 });
  else said = t(item.prev === null ? "check.order.first" : "check.order.imported");
  const outcome = verdict === "pass" ? "good" : verdict === "fail" ? "bad" : "open";
  return (
    <div data-check={name}>
      <dt>{t(`check.${words}.title`)}</dt>
      <dd>
        <Mark outcome={outcome}>{said}</Mark>
      </dd>
    </div>
  );
}

import { useTranslation } from "react-i18next";

import { useLinkName } from "../avatar/useLinkName.ts";
import { Card } from "../ui/Card.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { transactionUrl } from "../ui/explorer.ts";
import { Facts } from "../ui/Facts.tsx";
import { Identity } from "../ui/Identity.tsx";
import type { IconName } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Pill, type Tone } from "../ui/Pill.tsx";
import { Platform } from "../ui/Platform.tsx";
import { Time } from "../ui/Time.tsx";
import { useFirst } from "../ui/useFirst.tsx";
import { type Claim, type Standing, isStanding, isTwoSided, shortened } from "./profile.ts";

const LOOKS: Readonly<Record<Standing, readonly [Tone, IconName]>> = {
  verified: ["good", "check"],
  disputed: ["wait", "alert"],
  invalid: ["bad", "close"],
  unbacked: ["bad", "alert"],
  claimed: ["neutral", "question"],
  deleted: ["neutral", "minus"],
};

/** Where a claim stands, in a word. */
export function StandingPill({ standing }: { standing: Standing }) {
  const { t } = useTranslation("profile");
  const [tone, icon] = LOOKS[standing];
  return (
    <Pill tone={tone} icon={icon}>
      {t(`standing.${standing}`)}
    </Pill>
  );
}

/** What somebody says of themselves, each with what it rests on. */
export function ClaimList({ title, lead, claims }: { title: string; lead: string; claims: readonly Claim[] }) {
  const { shown, more } = useFirst(claims);
  return (
    <Card title={title} lead={lead} flush>
      <ul className="plain claims">
        {shown.map((claim) => (
          <li key={`${claim.binding.chain_id} ${claim.binding.platform} ${claim.binding.identity}`}>
            <ClaimView claim={claim} />
          </li>
        ))}
      </ul>
      {more && <div className="claims-more">{more}</div>}
    </Card>
  );
}

/** The same, by their names alone. */
export function PlainClaims({ claims }: { claims: readonly Claim[] }) {
  return (
    <ul className="plain">
      {claims.map(({ binding }) => (
        <li key={`${binding.chain_id} ${binding.platform} ${binding.identity}`}>
          <Identity of={binding} />
        </li>
      ))}
    </ul>
  );
}

function ClaimView({ claim }: { claim: Claim }) {
  const { binding, standing } = claim;
  const account = binding.uri?.startsWith("https://") ? binding.uri : null;
  const short = shortened(binding.identity);
  return (
    <article className={`claim ${standing}`} aria-label={`${binding.platform} ${binding.identity}`}>
      <header>
        <h3>
          <Platform platform={binding.platform} />{" "}
          {account !== null && isStanding(standing) ? (
            <ExternalLink href={account}>
              <bdi>{short}</bdi>
            </ExternalLink>
          ) : (
            <bdi title={short === binding.identity ? undefined : binding.identity}>{short}</bdi>
          )}
        </h3>
        <StandingPill standing={standing} />
      </header>
      <Rests claim={claim} />
      <ClaimFacts claim={claim} />
    </article>
  );
}

/** In plain words. */
function Rests({ claim: { binding, standing, edge } }: { claim: Claim }) {
  const { t } = useTranslation("profile");
  if (!isStanding(standing)) {
    if (standing === "invalid" && binding.status !== "suspended") {
      return <p className="problem">{t("meaning.failing", { reason: binding.invalid_reason })}</p>;
    }
    const why = standing === "unbacked" || standing === "deleted" ? standing : "suspended";
    return <p className={standing === "deleted" ? "soft" : "problem"}>{t(`meaning.${why}`)}</p>;
  }
  const kind = knownEvidence(edge?.evidence);
  let said: string;
  if (kind === "signatures") said = t(`evidence.signatures.${binding.platform === "nextid" ? "avatar" : "wallet"}`);
  else said = t(`evidence.${kind}.text`);
  return (
    <>
      <p>
        <strong>{t(`evidence.${kind}.name`)}</strong> {said}
      </p>
      {standing === "disputed" && <p className="problem">{t("meaning.disputed")}</p>}
    </>
  );
}

function knownEvidence(evidence: string | undefined): "signatures" | "account" | "handle" | "unknown" {
  return evidence === "signatures" || evidence === "account" || evidence === "handle" ? evidence : "unknown";
}

function ClaimFacts({ claim: { binding, standing, edge, backing, item } }: { claim: Claim }) {
  const { t } = useTranslation(["profile", "avatar"]);
  const nameOfLink = useLinkName();
  const { attesters, identity, platform } = binding;
  const level = edge && edge.level >= 1 && edge.level <= 5 ? (edge.level as 1 | 2 | 3 | 4 | 5) : undefined;
  const explorer = item && transactionUrl(item.chain_id, item.tx_hash);
  const reason = t(`avatar:backing.${backing.reason}`, { link: backing.link ? nameOfLink(backing.link) : "" });
  return (
    <Facts
      of={[
        level !== undefined && [
          t("confidence"),
          <span key="level" className="confidence">
            <Meter level={level} /> {t("confidenceOf", { level, word: t(`level.${level}`) })}
          </span>,
        ],
        isStanding(standing) && [
          t("attested"),
          attesters.length === 0 ? (
            <span className="soft">{isTwoSided(platform) ? t("attestedNobody") : "—"}</span>
          ) : (
            <details className="attesters">
              <summary>{t("attestedCount", { count: attesters.length })}</summary>
              <ul className="plain">
                {attesters.map((attester) => (
                  <li key={attester}>
                    <KeyText text={attester} copy={t("copyAttester")} />
                  </li>
                ))}
              </ul>
            </details>
          ),
        ],
        [t("checked"), <Time key="time" seconds={latest(binding.last_checked_at, edge?.last_seen)} />],
        binding.proof_uri !== null && [
          t("proof"),
          <ExternalLink key="post" href={binding.proof_uri}>
            {t("post")}
          </ExternalLink>,
        ],
        platform === "dns" && [t("proof"), <bdi key="record">{t("record", { identity })}</bdi>],
        item !== undefined && [
          t("transaction"),
          <span key="transaction" className="cluster">
            <KeyText text={item.tx_hash} copy={t("copyTransaction", { identity: shortened(identity) })} />
            {explorer && <ExternalLink href={explorer}>{t("explorer")}</ExternalLink>}
          </span>,
        ],
        [
          t("chain"),
          <Mark key="backing" outcome={backing.outcome}>
            {reason}
          </Mark>,
        ],
      ]}
    />
  );
}

/** For the eye; the words beside it say the same. */
function Meter({ level }: { level: number }) {
  return (
    <span className="meter" aria-hidden="true">
      {[1, 2, 3, 4, 5].map((step) => (
        <span key={step} className={step <= level ? "on" : undefined} />
      ))}
    </span>
  );
}

function latest(checked: string, seen = 0): string {
  return String(Math.max(Number(checked) || 0, seen));
}

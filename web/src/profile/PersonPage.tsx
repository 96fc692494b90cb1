import { useTranslation } from "react-i18next";

import { Verdict } from "../avatar/Verdict.tsx";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Icon } from "../ui/icons.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Platform } from "../ui/Platform.tsx";
import { notify } from "../ui/Toasts.tsx";
import { ClaimList, PlainClaims } from "./Claims.tsx";
import { Embed } from "./Embed.tsx";
import { type Asked, type Claim, type Profile, accountText, isStanding, nameOf, shortened } from "./profile.ts";

/** Everything that is known of somebody. */
export function PersonPage({ profile, asked }: { profile: Profile; asked?: Asked }) {
  const { t } = useTranslation("profile");
  const name = nameOf(profile, asked)?.binding;
  const title = name ? accountText(name) : t("avatarTitle", { key: shortened(profile.publicKey) });
  const standing = profile.claims.filter((claim) => isStanding(claim.standing));
  const past = profile.claims.filter(({ standing: stands }) => ["invalid", "unbacked", "deleted"].includes(stands));
  const claimed = profile.claims.filter(({ standing: stands }) => stands === "claimed");
  // Of what no account can be called, there are no badges: on chain it may stand all the same.
  const embeddable = standing.filter(({ binding }) => binding.uri !== null || binding.proof_uri !== null);
  const verified = standing.filter(({ standing: stands }) => stands === "verified").length;

  return (
    <article className="profile">
      <PageHeading
        title={title}
        lead={
          <span className="cluster">
            {name && <Platform platform={name.platform} />}
            <span>{t("summary", { count: verified })}</span>
          </span>
        }
        actions={
          <>
            <ShareButton name={title} path={sharedPath(profile, name)} />
            <LinkButton href={graphOf(profile, name)} icon="graph">
              {t("actions.graph")}
            </LinkButton>
            <LinkButton href={`/avatar/${profile.publicKey}/chain`} icon="link">
              {t("actions.chain")}
            </LinkButton>
          </>
        }
      >
        <bdi>{name ? shortened(name.identity) : title}</bdi>
      </PageHeading>
      <div className="stack">
        <Verdict chains={profile.chains} />
        {standing.length > 0 ? (
          <ClaimList title={t("verified.title")} lead={t("verified.lead")} claims={standing} />
        ) : (
          <Card>
            <EmptyState icon="shield" title={t("verified.none.title")}>
              {t("verified.none.text")}
            </EmptyState>
          </Card>
        )}
        {past.length > 0 && <PastClaims claims={past} />}
        {claimed.length > 0 && (
          <details className="card unconfirmed">
            <summary>
              <Icon name="chevron" size={16} />
              {t("claims", { count: claimed.length })}
            </summary>
            <p className="soft">{t("claimsLead")}</p>
            <PlainClaims claims={claimed} />
          </details>
        )}
        <Keys profile={profile} />
        {embeddable.length > 0 && <Embed publicKey={profile.publicKey} claims={embeddable} />}
      </div>
    </article>
  );
}

function PastClaims({ claims }: { claims: readonly Claim[] }) {
  const { t } = useTranslation("profile");
  return <ClaimList title={t("past.title")} lead={t("past.lead")} claims={claims} />;
}

function Keys({ profile: { publicKey, address } }: { profile: Profile }) {
  const { t } = useTranslation("profile");
  return (
    <Card title={t("key.title")} lead={t("key.lead")}>
      <Facts
        of={[
          [t("key.publicKey"), <KeyText key="key" text={publicKey} wide copy={t("key.copy")} />],
          [t("key.address"), <KeyText key="address" text={address} wide copy={t("key.copyAddress")} />],
        ]}
      />
    </Card>
  );
}

function graphOf({ publicKey }: Profile, name: Asked | undefined): string {
  const { platform, identity } = name ?? { platform: "nextid", identity: publicKey };
  return `/graph/${encodeURIComponent(platform)}/${encodeURIComponent(identity)}`;
}

/** By name where there is one that says whom it means. */
function sharedPath({ publicKey }: Profile, name: Asked | undefined): string {
  return name
    ? `/@${encodeURIComponent(name.identity)}?platform=${encodeURIComponent(name.platform)}`
    : `/avatar/${publicKey}`;
}

/** The system's own way to share, where it has one; else the address is copied. */
function ShareButton({ name, path }: { name: string; path: string }) {
  const { t } = useTranslation("profile");
  const url = window.location.origin + path;
  async function share() {
    if ("share" in navigator && matchMedia("(pointer: coarse)").matches) {
      // Who changes their mind is told nothing.
      await navigator.share({ title: name, text: t("share.text", { name }), url }).catch(() => undefined);
      return;
    }
    try {
      await navigator.clipboard.writeText(url);
      notify(t("share.copied"));
    } catch {
      notify(t("share.failed"), "bad");
    }
  }
  return (
    <Button icon="upload" onClick={() => void share()}>
      {t("actions.share")}
    </Button>
  );
}

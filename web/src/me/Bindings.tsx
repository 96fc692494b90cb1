import type { PlatformInfo, ProofReply } from "@syngraph/sdk";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { isolated } from "../bind/isolated.ts";
import { usePlatforms } from "../bind/platforms.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { Icon } from "../ui/icons.tsx";
import { PlatformIcon, platformName } from "../ui/Platform.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";
import { RevokeDialog } from "./RevokeDialog.tsx";

/** What counts first: what the reader may have to do something about, then what is good. */
const ORDER = ["suspended", "claimed", "confirmed"];

/** The avatar's bindings: where each stands, when a node looked last, and what it found. */
export function Bindings({ bindings }: { bindings: readonly ProofReply[] }) {
  const { t } = useTranslation("me");
  const [revoking, setRevoking] = useState<ProofReply | null>(null);
  const platforms = new Map(usePlatforms().data?.map((platform) => [platform.id, platform]));
  const current = bindings
    .filter(({ status }) => status !== "deleted")
    .toSorted((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status));
  const deleted = bindings.filter(({ status }) => status === "deleted");
  const rows = (list: readonly ProofReply[]) => (
    <ul className="rows">
      {list.map((binding) => (
        <li key={`${binding.chain_id} ${binding.platform} ${binding.identity}`}>
          <Row binding={binding} platform={platforms.get(binding.platform)} onRevoke={() => setRevoking(binding)} />
        </li>
      ))}
    </ul>
  );
  if (bindings.length === 0) {
    return (
      <Card>
        <EmptyState
          icon="link"
          title={t("bindings.empty")}
          action={
            <LinkButton look="primary" icon="plus" href="/me/bind">
              {t("bind")}
            </LinkButton>
          }
        >
          <p>{t("bindings.emptyText")}</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      <Card title={t("bindings.title")} lead={t("bindings.lead")} flush>
        {rows(current)}
        {deleted.length > 0 && (
          <details className="more in-card">
            <summary>{t("bindings.deleted", { count: deleted.length })}</summary>
            {rows(deleted)}
          </details>
        )}
      </Card>
      <RevokeDialog
        binding={revoking}
        platform={revoking ? platformName(revoking.platform) : ""}
        onClose={() => setRevoking(null)}
      />
    </>
  );
}

function Row({
  binding,
  platform,
  onRevoke,
}: {
  binding: ProofReply;
  platform: PlatformInfo | undefined;
  onRevoke: () => void;
}) {
  const { t } = useTranslation("me");
  const { identity, status, invalid_reason: reason, is_valid: isValid } = binding;
  const name = platformName(binding.platform);
  const again = `/me/bind/${encodeURIComponent(binding.platform)}?identity=${encodeURIComponent(identity)}`;
  const troubled = status === "suspended" || status === "deleted" || (status === "confirmed" && !isValid);
  return (
    <article className="own-binding" aria-label={`${name} ${identity}`}>
      <span className="tile-icon">
        <PlatformIcon platform={binding.platform} size={20} />
      </span>
      <div className="binding-main">
        <p className="binding-name">
          <strong>
            <bdi>{identity}</bdi>
          </strong>{" "}
          <Status status={status} isValid={isValid} />
        </p>
        <p className="soft small-text cluster">
          <span>{name}</span>
          <LastCheck binding={binding} />
          {binding.attesters.length > 0 && <span>{t("bindings.attesters", { count: binding.attesters.length })}</span>}
          {isAddress(binding.proof_location) && (
            <ExternalLink href={binding.proof_location}>{t("bindings.where")}</ExternalLink>
          )}
        </p>
        {reason !== "" && status !== "deleted" && (
          <p className="binding-reason small-text" lang="en">
            <Icon name="alert" size={16} /> <bdi>{reason}</bdi>
          </p>
        )}
        {status === "claimed" && <p className="soft small-text">{t("bindings.claimHelp")}</p>}
        {status === "suspended" && <p className="soft small-text">{t("bindings.suspendedHelp")}</p>}
      </div>
      <div className="actions">
        {troubled && platform?.status === "live" && (
          <LinkButton small href={again}>
            {t(status === "deleted" ? "bindings.again" : "bindings.anew")}
            <span className="unseen"> {identity}</span>
          </LinkButton>
        )}
        {status !== "deleted" && (
          <Button
            small
            look="quiet"
            icon="unlink"
            aria-label={t("bindings.revokeOf", { identity: isolated(identity) })}
            onClick={onRevoke}
          >
            {t("bindings.revoke")}
          </Button>
        )}
      </div>
    </article>
  );
}

function LastCheck({ binding }: { binding: ProofReply }) {
  const { t } = useTranslation("me");
  if (binding.last_checked_at === "0") return <span>{t("bindings.never")}</span>;
  return (
    <span>
      {t("bindings.checked")} <Time seconds={binding.last_checked_at} />
    </span>
  );
}

/** Whether a proof's location is an address that a browser opens; others are ids, or signatures. */
function isAddress(location: string): boolean {
  return location.startsWith("https://");
}

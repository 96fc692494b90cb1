import type { PlatformInfo } from "@syngraph/sdk";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { TextField } from "../ui/Field.tsx";
import { Icon } from "../ui/icons.tsx";
import { PlatformIcon } from "../ui/Platform.tsx";
import { type Group, groupOf, nameOf, usePlatformText } from "./platforms.ts";

const GROUPS: readonly Group[] = ["account", "wallet", "name"];

/** All platforms, those that this node cannot look at too, and why. */
export function ChoosePlatform({ platforms }: { platforms: readonly PlatformInfo[] }) {
  const { t } = useTranslation("bind");
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const shown = platforms.filter((platform) =>
    `${platform.id} ${platform.name} ${nameOf(platform)}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="choose">
      <TextField
        type="search"
        label={t("choose.filter")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <p role="status" className={shown.length === 0 ? "soft" : "unseen"}>
        {shown.length === 0 && t("choose.nothing", { query: query.trim() })}
      </p>
      {GROUPS.map((group) => {
        // What can be bound here comes first.
        const ofGroup = shown
          .filter((platform) => groupOf(platform) === group)
          .toSorted((one, other) => Number(other.status === "live") - Number(one.status === "live"));
        return (
          ofGroup.length > 0 && (
            <section key={group} aria-labelledby={`group-${group}`}>
              <h2 id={`group-${group}`}>{t(`choose.${group}`)}</h2>
              <ul className="tiles">
                {ofGroup.map((platform) => (
                  <li key={platform.id}>
                    <Tile platform={platform} />
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

function Tile({ platform }: { platform: PlatformInfo }) {
  const { t } = useTranslation("bind");
  const text = usePlatformText();
  const { id, status } = platform;
  const inside = (
    <>
      <span className="tile-icon">
        <PlatformIcon platform={id} size={20} />
      </span>
      <span className="tile-words">
        <strong>{nameOf(platform)}</strong>
        <span className="soft">
          {status === "live" && text("hint", id)}
          {status === "needs credential" && t("choose.needsCredential")}
          {status === "service closed" && t("choose.closed")}
        </span>
      </span>
    </>
  );
  if (status !== "live") return <div className="tile closed">{inside}</div>;
  return (
    <Link href={`/me/bind/${encodeURIComponent(id)}`} className="tile">
      {inside}
      <Icon name="chevron" size={18} />
    </Link>
  );
}

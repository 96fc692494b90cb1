import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Card } from "../ui/Card.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { SelectField } from "../ui/Field.tsx";
import { platformName } from "../ui/Platform.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { type Asked, type Claim, shortened } from "./profile.ts";

/** What to paste into another page, in each way. */
const WAYS = ["markdown", "html", "component"] as const;
type Way = (typeof WAYS)[number];

/** Badges to copy. They are bound to this avatar: where the account passes to somebody else, they turn. */
export function Embed({ publicKey, claims }: { publicKey: string; claims: readonly Claim[] }) {
  const { t, i18n } = useTranslation("profile");
  const [chosen, setChosen] = useState(0);
  const { binding } = claims[chosen] ?? claims[0]!;
  const api = window.location.origin;
  const badge = badgeUrl(api, binding, publicKey);
  const shown = i18n.language.startsWith("zh") ? `${badge}&lang=zh` : badge;
  return (
    <Card title={t("embed.title")} lead={t("embed.lead")}>
      <div className="embed">
        {claims.length > 1 && (
          <SelectField
            label={t("embed.which")}
            value={chosen}
            onChange={(event) => setChosen(Number(event.target.value))}
          >
            {claims.map(({ binding: each }, index) => (
              <option key={`${each.chain_id} ${each.platform} ${each.identity}`} value={index}>
                {`${platformName(each.platform)} ${shortened(each.identity)}`}
              </option>
            ))}
          </SelectField>
        )}
        <figure className="badge-preview">
          <figcaption className="soft small-text">{t("embed.preview")}</figcaption>
          <img
            src={shown}
            height={20}
            alt={t("embed.badgeAlt", {
              platform: platformName(binding.platform),
              identity: shortened(binding.identity),
            })}
          />
        </figure>
        <Tabs<Way> label={t("embed.label")} tabs={tabs(binding)} />
      </div>
    </Card>
  );

  function tabs(of: Asked) {
    const made = WAYS.map((way) => {
      const code = codeOf(way, api, of, publicKey);
      const label = t(`embed.${way}`);
      const content = (
        <div className="code">
          <pre>{code}</pre>
          <CopyButton text={code} of={t("embed.copy", { way: label })} labelled />
          <p className="soft small-text">
            {t(way === "component" ? "embed.componentNote" : "embed.imageNote", { api })}
          </p>
        </div>
      );
      return { id: way, label, content };
    });
    return made as unknown as readonly [(typeof made)[number], ...typeof made];
  }
}

function badgeUrl(api: string, { platform, identity }: Asked, avatar: string): string {
  // A parenthesis would end a link of Markdown's.
  const name = encodeURIComponent(identity).replace(/[()]/g, (character) => (character === "(" ? "%28" : "%29"));
  return `${api}/badge/${encodeURIComponent(platform)}/${name}.svg?avatar=${avatar}`;
}

function codeOf(way: Way, api: string, of: Asked, avatar: string): string {
  const profile = `${api}/avatar/${avatar}`;
  const image = badgeUrl(api, of, avatar);
  const alt = `${platformName(of.platform)} ${shortened(of.identity)}`;
  if (way === "markdown") return `[![${alt.replace(/[[\]\\]/g, String.raw`\$&`)}](${image})](${profile})`;
  if (way === "html") return `<a href="${profile}"><img src="${escaped(image)}" alt="${escaped(alt)}" height="20"></a>`;
  return (
    `<script type="module" src="${api}/embed/badge.js"></script>\n` +
    `<syngraph-badge platform="${escaped(of.platform)}" identity="${escaped(of.identity)}" avatar="${avatar}"></syngraph-badge>`
  );
}

/** Inside a quoted attribute of what is pasted: an identity is anybody's text. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

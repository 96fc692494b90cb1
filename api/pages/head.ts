import { type Profile, type ProfileClaim, nameOf } from "./claims.ts";
import type { Person } from "./people.ts";
import { escaped, jsonInScript, percentEncoded, shortened, shown } from "./text.ts";
import { LOCALES, type Language, WORDS } from "./words.ts";
import type { VertexId } from "../graph/types.ts";
import { platformOf } from "../platforms/index.ts";
import { IMAGE } from "./preview.ts";

/** What a page says about itself to those who do not run it: crawlers, link previews, readers without scripts. */
export interface PageHead {
  language: Language;
  title: string;
  description: string;
  /** Absent where there is nothing to find here. */
  canonical?: string;
  image?: { url: string; alt: string };
  /** A schema.org object. */
  data?: object;
  /** HTML of what the page shows before it runs. */
  summary: string;
}

const SITE = "Syngraph";

/** Claims that are told without scripts. */
const MAX_CLAIMS = 50;

/** Claims that are named in a description. */
const NAMED = 3;

/** The public address of an avatar's page. */
export function avatarPage(publicUrl: string, compressed: string): string {
  return `${publicUrl}/avatar/${compressed}`;
}

/** An account as people write it. */
export function accountText({ platform, identity }: VertexId): string {
  return `${shortened(identity)} (${platformOf(platform)?.name ?? shown(platform, 20)})`;
}

/** What somebody is called. */
function titleOf(profile: Profile, language: Language, asked?: VertexId): string {
  const name = nameOf(profile, asked);
  return name ? accountText(name) : WORDS[language].page.avatar(shortened(profile.key.compressed));
}

/** Of somebody's page. `version` names the picture's content, since those who show it keep it by its address. */
export function profileHead(
  profile: Profile,
  { publicUrl, asked, version, language }: { publicUrl: string; asked?: VertexId; version: string; language: Language },
): PageHead {
  const title = titleOf(profile, language, asked);
  const canonical = avatarPage(publicUrl, profile.key.compressed);
  const verified = profile.claims.filter(({ standing }) => standing === "verified");
  const description = describe(verified, nameOf(profile, asked), language);
  return {
    ...{ language, title, description, canonical },
    image: { url: `${imageOf(canonical, asked)}v=${version}`, alt: `${title}. ${description}` },
    data: dataOf(profile, { title, description, canonical, verified }),
    summary: summaryOf(profile, title, description, language),
  };
}

/** The picture of somebody as what they were asked for. */
function imageOf(page: string, asked: VertexId | undefined): string {
  const query = asked ? `platform=${asked.platform}&identity=${percentEncoded(asked.identity)}&` : "";
  return `${page}/preview.png?${query}`;
}

function describe(verified: readonly ProfileClaim[], name: ProfileClaim | undefined, language: Language): string {
  const others = verified.filter((claim) => claim !== name);
  const { nothing, only, also } = WORDS[language].page;
  if (verified.length === 0) return nothing;
  const named = others.slice(0, NAMED).map(accountText);
  return others.length === 0 ? only : also(named, others.length - named.length);
}

/** https://schema.org/ProfilePage, as search engines read it. What is not verified now is no other name of anybody. */
function dataOf(
  { key, did, changedAt, claims }: Profile,
  {
    title,
    description,
    canonical,
    verified,
  }: Record<"title" | "description" | "canonical", string> & {
    verified: readonly ProfileClaim[];
  },
): object {
  const created = Math.min(...claims.map(({ createdAt }) => createdAt), changedAt);
  const sameAs = [...new Set(verified.flatMap(({ uri }) => (uri?.startsWith("https://") ? [uri] : [])))];
  return {
    "@context": "https://schema.org",
    "@type": "ProfilePage",
    url: canonical,
    dateCreated: timeText(created),
    dateModified: timeText(changedAt),
    mainEntity: {
      "@type": "Person",
      "@id": did,
      name: title,
      description,
      url: canonical,
      identifier: key.compressed,
      sameAs,
    },
  };
}

function summaryOf({ key, claims }: Profile, title: string, description: string, language: Language): string {
  const words = WORDS[language].page;
  const told = claims.slice(0, MAX_CLAIMS);
  const more = claims.length > told.length ? `<p>${words.more(claims.length - told.length)}</p>` : "";
  return (
    `<main class="summary"><h1>${bdi(title)}</h1><p>${bdi(description)}</p>` +
    (told.length === 0 ? "" : `<ul>${told.map((claim) => `<li>${claimHtml(claim, language)}</li>`).join("")}</ul>`) +
    `${more}<p>${words.publicKey} <code>${key.compressed}</code></p></main>`
  );
}

function claimHtml(claim: ProfileClaim, language: Language): string {
  const { identity, on, uri, proofUri, standing, evidence, lastCheckedAt } = claim;
  const { sentences, page } = WORDS[language];
  const why = standing === "verified" ? sentences[evidence!] : sentences[standing];
  const account = uri?.startsWith("https://") ? link(uri, shown(identity)) : bdi(shown(identity));
  const proof = proofUri === null ? "" : link(proofUri, page.proof);
  return page.claim({ account, on: bdi(shown(on)), why: escaped(why), time: time(lastCheckedAt), proof });
}

/** Of a page on which several people are called the same. */
export function choiceHead(
  people: readonly Person[],
  {
    publicUrl,
    identity,
    platform,
    language,
  }: { publicUrl: string; identity: string; platform: string; language: Language },
): PageHead {
  const words = WORDS[language].page;
  const title = words.who(shown(identity));
  const query = platform === "" ? "" : `?platform=${percentEncoded(platform)}`;
  const items = people.map((person) => {
    const href = `/avatar/${person.avatar}`;
    return `<li>${words.choice(link(href, accountText(person)), escaped(shortened(person.avatar)))}</li>`;
  });
  const description = words.choose(people.length);
  return {
    ...{ language, title, description },
    canonical: `${publicUrl}/@${percentEncoded(identity)}${query}`,
    summary: `<main class="summary"><h1>${bdi(title)}</h1><p>${description}</p><ul>${items.join("")}</ul></main>`,
  };
}

/** Of a page on which there is nobody. */
export function nobodyHead(title: string, description: string, language: Language): PageHead {
  return {
    ...{ language, title, description },
    summary: `<main class="summary"><h1>${bdi(title)}</h1><p>${bdi(description)}</p></main>`,
  };
}

/** The elements of a head. */
export function headTags({ language, title, description, canonical, image, data }: PageHead): string {
  const whole = `${title} · ${SITE}`;
  const open = (name: string, content: string) => meta("property", `og:${name}`, content);
  const card = (name: string, content: string) => meta("name", `twitter:${name}`, content);
  const tags = [
    `<title>${escaped(whole)}</title>`,
    meta("name", "description", description),
    canonical === undefined
      ? meta("name", "robots", "noindex")
      : `<link rel="canonical" href="${escaped(canonical)}" />`,
    ...[open("site_name", SITE), open("locale", LOCALES[language])],
    ...[open("title", title), open("description", description)],
    ...[open("type", data ? "profile" : "website"), ...(canonical === undefined ? [] : [open("url", canonical)])],
    ...[card("card", image ? "summary_large_image" : "summary"), card("title", title)],
    card("description", description),
  ];
  if (image) {
    const { url, alt } = image;
    tags.push(
      ...[open("image", url), open("image:type", "image/png"), open("image:alt", alt)],
      ...[open("image:width", String(IMAGE.width)), open("image:height", String(IMAGE.height))],
      ...[card("image", url), card("image:alt", alt)],
    );
  }
  if (data) tags.push(`<script type="application/ld+json">${jsonInScript(data)}</script>`);
  return tags.join("\n    ");
}

function meta(attribute: "name" | "property", name: string, content: string): string {
  return `<meta ${attribute}="${name}" content="${escaped(content)}" />`;
}

function bdi(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

/** To what somebody else made. */
function link(href: string, text: string): string {
  const rel = href.startsWith("/") ? "" : ' rel="nofollow ugc noopener"';
  return `<a href="${escaped(href)}"${rel}>${bdi(text)}</a>`;
}

function time(seconds: number): string {
  const text = timeText(seconds);
  return `<time datetime="${text}">${text.slice(0, 10)}</time>`;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

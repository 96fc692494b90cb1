import type { Counts } from "./avatar.ts";
import type { History } from "./history.ts";
import type { AvatarReport, Difference } from "./mirror.ts";

/** What the two chains are called. */
export interface Names {
  from: string;
  to: string;
}

const NOUNS: Record<keyof Counts, readonly [string, string]> = {
  link: ["link", "links"],
  confirm: ["confirmation", "confirmations"],
  suspend: ["suspension", "suspensions"],
  reinstate: ["reinstatement", "reinstatements"],
  release: ["release", "releases"],
};

/** A line for each avatar that changed, and for whatever else there is to say of one. */
export function linesOf({ replay, differences }: AvatarReport, { from, to }: Names): string[] {
  const { chain, counts, fork, refusals, ahead } = replay;
  const avatar = chain.key.compressed;
  const lines = [];
  if (total(counts) > 0) lines.push(`mirrored  ${avatar}: ${countsText(counts)}`);
  if (fork) {
    lines.push(
      `fork      ${avatar}: link ${fork.sequence} is ${fork.sourceId} on ${from}, but ${fork.targetId} on ${to}`,
    );
  }
  for (const refusal of refusals) lines.push(`refused   ${avatar}: ${refusal}`);
  if (chain.flaw !== null) {
    lines.push(
      `untrusted ${avatar}: what ${from} says behind link ${chain.links.length} is not as signed: ${chain.flaw}`,
    );
  }
  if (ahead > 0 && chain.flaw === null) lines.push(`ahead     ${avatar}: ${to} has ${plural(ahead, NOUNS.link)} more`);
  for (const difference of differences) lines.push(`differs   ${avatar}: ${differenceText(difference, { from, to })}`);
  return lines;
}

/** The last line. */
export function summaryOf(reports: readonly AvatarReport[], sent: number, { strays }: Pick<History, "strays">): string {
  const counts: Counts = { link: 0, confirm: 0, suspend: 0, reinstate: 0, release: 0 };
  for (const { replay } of reports) {
    for (const kind of Object.keys(counts) as (keyof Counts)[]) counts[kind] += replay.counts[kind];
  }
  const count = (has: (report: AvatarReport) => boolean) => reports.filter(has).length;
  const parts = [
    `${plural(reports.length, ["avatar", "avatars"])}: ${total(counts) === 0 ? "nothing to do" : countsText(counts)}`,
    plural(sent, ["transaction", "transactions"]),
    plural(
      count(({ replay }) => replay.fork !== null),
      ["fork", "forks"],
    ),
    `${reports.reduce((sum, { replay }) => sum + replay.refusals.length, 0)} refused`,
    `${count(({ replay }) => replay.chain.flaw !== null)} untrusted`,
    `${plural(
      reports.reduce((sum, { differences }) => sum + differences.length, 0),
      ["binding differs", "bindings differ"],
    )}`,
  ];
  if (strays > 0) parts.push(`${plural(strays, ["stray event", "stray events"])} passed over`);
  return parts.join("; ");
}

/** 3 with a fork, else 1 where something was refused or is not as signed, else 0. */
export function exitCodeOf(reports: readonly AvatarReport[], { strays }: Pick<History, "strays">): number {
  if (reports.some(({ replay }) => replay.fork !== null)) return 3;
  const bad = reports.some(({ replay }) => replay.refusals.length > 0 || replay.chain.flaw !== null);
  return bad || strays > 0 ? 1 : 0;
}

function differenceText({ platform, identity, source, target }: Difference, { from, to }: Names): string {
  const why =
    target === "claimed"
      ? `: those who attest it are no quorum on ${to}`
      : target === "confirmed" && source === "suspended"
        ? `: those who suspended it are no quorum on ${to}, or it was confirmed later`
        : "";
  return `${platform} ${identity} is ${source} on ${from}, but ${target} on ${to}${why}`;
}

function countsText(counts: Counts): string {
  const kinds = (Object.keys(NOUNS) as (keyof Counts)[]).filter((kind) => counts[kind] > 0);
  return kinds.map((kind) => plural(counts[kind], NOUNS[kind])).join(", ");
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function plural(count: number, [one, many]: readonly [string, string]): string {
  return `${count} ${count === 1 ? one : many}`;
}

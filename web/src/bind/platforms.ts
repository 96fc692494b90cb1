import type { PlatformInfo } from "@syngraph/sdk";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useSyngraph } from "../app/hooks.ts";
import type { IconName } from "../ui/icons.tsx";

/** The platforms as this node tells of them. */
export function usePlatforms(): UseQueryResult<PlatformInfo[]> {
  const syngraph = useSyngraph();
  return useQuery({ queryKey: ["platforms"], queryFn: () => syngraph.platforms(), staleTime: 60_000 });
}

/** Under which heading platforms are listed. */
export type Group = "wallet" | "account" | "name";

/** Platforms whose identities are names that one owns, and not accounts at a service. */
const NAMES = new Set(["dns", "ens", "dotbit"]);

export function groupOf({ id, side }: Pick<PlatformInfo, "id" | "side">): Group {
  if (side !== "post") return "wallet";
  return NAMES.has(id) ? "name" : "account";
}

const ICONS: Readonly<Record<Group, IconName>> = { wallet: "wallet", account: "user", name: "domain" };

export function iconOf(platform: Pick<PlatformInfo, "id" | "side">): IconName {
  return platform.side === "avatar" ? "users" : ICONS[groupOf(platform)];
}

/**
 * A text that there is for each platform, `other` for one that this page does not know yet: {@link usePlatforms} lists what
 * the node has, which may be newer.
 */
export function usePlatformText(): (
  key: "identity.label" | "identity.example" | "hint" | "publish.how",
  id: string,
) => string {
  const { t, i18n } = useTranslation("bind");
  return (key, id) => {
    const known = i18n.exists(`bind:${key}.${id}`) ? id : "other";
    return t(`${key}.${known}` as "hint.other");
  };
}

/** What of an identity or a location is wrong by the platform's rule; null where nothing is. */
export function slipOf(text: string, shapes: readonly string[]): "empty" | "invalid" | null {
  const typed = text.trim();
  if (typed === "") return "empty";
  return shapes.length === 0 || shapes.some((shape) => new RegExp(shape).test(typed)) ? null : "invalid";
}

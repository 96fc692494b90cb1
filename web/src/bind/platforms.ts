import type { PlatformInfo } from "@syngraph/sdk";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useSyngraph } from "../app/hooks.ts";
import { platformName } from "../ui/Platform.tsx";

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

/** How a platform writes itself; of one that this page does not know, as the node has it. */
export function nameOf({ id, name }: Pick<PlatformInfo, "id" | "name">): string {
  const known = platformName(id);
  return known === id ? name : known;
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

/** Longest text that is looked at, in UTF-16 units: as the API has it. */
const MAX_TYPED = 2048;

/** What of an identity or a location is wrong by the platform's rule; null where nothing is. */
export function slipOf(text: string, shapes: readonly string[]): "empty" | "invalid" | null {
  const typed = text.trim();
  if (typed === "") return "empty";
  if (typed.length > MAX_TYPED) return "invalid";
  return shapes.length === 0 || shapes.some((shape) => new RegExp(shape).test(typed)) ? null : "invalid";
}

import { useTranslation } from "react-i18next";

import type { CheckedLink } from "@syngraph/sdk/client";

/** How a link is called in words: a release, the other side's own delete, has no number. */
export function useLinkName(): (link: CheckedLink) => string {
  const { t } = useTranslation("avatar");
  return ({ item }) => {
    if (item.sequence !== null) return t("link.name", { number: item.sequence });
    return t(item.platform === "nextid" ? "link.releaseAvatar" : "link.releaseWallet");
  };
}

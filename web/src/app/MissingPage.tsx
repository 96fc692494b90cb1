import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

/** Shown at an address that is none of ours. */
export function MissingPage() {
  const { t } = useTranslation("errors");
  return <PageHeading title={t("missing")} />;
}

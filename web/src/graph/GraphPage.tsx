import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function GraphPage() {
  const { t } = useTranslation("graph");
  return <PageHeading title={t("title")} />;
}

import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function ActivityPage() {
  const { t } = useTranslation("activity");
  return <PageHeading title={t("title")} />;
}

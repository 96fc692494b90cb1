import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function BindPage() {
  const { t } = useTranslation("bind");
  return <PageHeading title={t("title")} />;
}

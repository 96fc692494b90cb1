import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function OperatorPage() {
  const { t } = useTranslation("operator");
  return <PageHeading title={t("title")} />;
}

import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function SessionPage() {
  const { t } = useTranslation("me");
  return <PageHeading title={t("session.title")} />;
}

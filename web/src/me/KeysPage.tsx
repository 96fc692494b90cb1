import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function KeysPage() {
  const { t } = useTranslation("keyring");
  return <PageHeading title={t("title")} />;
}

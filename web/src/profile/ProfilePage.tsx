import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

export function ProfilePage() {
  const { t } = useTranslation("profile");
  return <PageHeading title={t("title")} />;
}

import { useTranslation } from "react-i18next";

import { PageHeading } from "../ui/PageHeading.tsx";

/** What the page is for, shown while nothing is searched. */
export function StartPage() {
  const { t } = useTranslation("home");
  return <PageHeading title={t("title")} />;
}

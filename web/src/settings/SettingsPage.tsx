import { useState } from "react";
import { useTranslation } from "react-i18next";

import { THEMES, type Theme, useTheme } from "../app/theme.ts";
import { chooseLanguage } from "../i18n/setup.ts";
import { AUTO_LOCK_MINUTES, autoLockMinutes, setAutoLockMinutes } from "../keyring/store.ts";
import { Card } from "../ui/Card.tsx";
import { ChoiceField } from "../ui/Field.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" };

/** Each language in its own words, so that who cannot read the present one finds the way. */
const LANGUAGE_NAMES = { en: "English", zh: "中文" } as const;

/** `/settings`: what this browser remembers of its reader's taste. */
export function SettingsPage() {
  const { t, i18n } = useTranslation("settings");
  const [theme, setTheme] = useTheme();
  const [minutes, setMinutes] = useState(autoLockMinutes);
  return (
    <div className="stack narrow">
      <PageHeading title={t("title")} lead={t("lead")} />
      <Card title={t("look.title")}>
        <div className="stack">
          <ChoiceField
            label={t("look.theme")}
            choices={THEMES.map((value) => ({
              value,
              label: (
                <>
                  <Icon name={THEME_ICONS[value]} size={18} />
                  {t(`look.${value}`)}
                </>
              ),
            }))}
            value={theme}
            onChange={setTheme}
          />
          <ChoiceField
            label={t("look.language")}
            choices={(["en", "zh"] as const).map((value) => ({
              value,
              label: <span lang={value}>{LANGUAGE_NAMES[value]}</span>,
            }))}
            value={i18n.language === "zh" ? "zh" : "en"}
            onChange={(language) => void chooseLanguage(language)}
          />
        </div>
      </Card>
      <Card title={t("lock.title")} lead={t("lock.lead")}>
        <ChoiceField
          label={t("lock.after")}
          choices={AUTO_LOCK_MINUTES.map((value) => ({
            value: String(value),
            label: t("lock.minutes", { count: value }),
          }))}
          value={String(minutes)}
          onChange={(value) => {
            setAutoLockMinutes(Number(value));
            setMinutes(Number(value));
          }}
        />
      </Card>
    </div>
  );
}

import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button.tsx";

/** So many are made before the reader asks for all: anybody may have so many that a page would stand still over them. */
const FIRST = 100;

/** The first of a list, and where there are more, a button that shows all of it. */
export function useFirst<T>(all: readonly T[]): { shown: readonly T[]; more: ReactNode } {
  const { t } = useTranslation();
  const [isAll, setAll] = useState(false);
  if (isAll || all.length <= FIRST) return { shown: all, more: null };
  const more = (
    <p className="actions">
      <Button onClick={() => setAll(true)}>{t("showAll", { count: all.length })}</Button>
    </p>
  );
  return { shown: all.slice(0, FIRST), more };
}

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "./icons.tsx";

/** A step of a way through several. */
export interface Step {
  title: ReactNode;
  /** What to do in it; shown while it is the current one, and with `always` before and after, too. */
  content?: ReactNode;
}

/**
 * The steps of a way, one below the other: what is done, what is to do now, what comes.
 *
 * @param current index of the step that is to do now; their number when all are done.
 */
export function Steps({ steps, current }: { steps: readonly Step[]; current: number }) {
  const { t } = useTranslation();
  return (
    <ol className="steps">
      {steps.map(({ title, content }, index) => {
        const state = index < current ? "done" : index === current ? "current" : "ahead";
        return (
          <li key={index} className={state} aria-current={state === "current" ? "step" : undefined}>
            <span className="step-mark" aria-hidden="true">
              {state === "done" ? <Icon name="check" size={16} /> : index + 1}
            </span>
            <div>
              <h3>
                {title}
                {state === "done" && <span className="unseen"> – {t("done")}</span>}
              </h3>
              {state === "current" && content}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

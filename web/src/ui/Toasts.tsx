import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button.tsx";
import { Icon } from "./icons.tsx";

interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
}

/** How long good news stay, in milliseconds. Bad news stay until they are put away. */
const SHOWN_FOR = 6000;

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number) {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Tells the reader what became of something, in a corner of the page and aloud. For what is not shown where it was done. */
export function notify(text: string, tone: Toast["tone"] = "good"): void {
  const id = ++count;
  set([...toasts.slice(-2), { id, text, tone }]);
  if (tone === "good") setTimeout(() => dismiss(id), SHOWN_FOR);
}

/** The corner that {@link notify} writes into; once, in the layout. */
export function Toasts() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className={`toast ${tone}`}>
          <Icon name={tone === "good" ? "check" : "alert"} />
          <p>{text}</p>
          <Button look="quiet" small icon="close" iconOnly onClick={() => dismiss(id)}>
            {t("close")}
          </Button>
        </div>
      ))}
    </div>
  );
}

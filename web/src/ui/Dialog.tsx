import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button.tsx";

/**
 * A question or a form over the page: the browser's own modal dialog, which keeps the focus, closes on Escape, and gives the
 * focus back.
 *
 * @param onClose called on Escape, on the cross and on a click beside it; set `open` to false then.
 * @param actions buttons at its foot, the main one last.
 */
export function Dialog({
  open,
  onClose,
  title,
  actions,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current!;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      // Only the backdrop is the dialog itself: its content fills it.
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      {open && (
        <div className="dialog-body">
          <header>
            <h2 id={id}>{title}</h2>
            <Button look="quiet" icon="close" iconOnly onClick={onClose}>
              {t("close")}
            </Button>
          </header>
          {children}
          {actions !== undefined && <footer className="actions">{actions}</footer>}
        </div>
      )}
    </dialog>
  );
}

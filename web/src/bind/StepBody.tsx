import { type ReactNode, useEffect, useRef } from "react";

/** How many steps this page has shown: the first one is where the reader came to, and the page's heading has the focus then. */
let shown = 0;

/** What is to be done in a step. A step that comes after another takes the focus: the button that led to it is gone. */
export function StepBody({ children }: { children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    shown += 1;
    if (shown > 1 && (document.activeElement === document.body || document.activeElement === null)) {
      body.current?.focus({ preventScroll: true });
      body.current?.closest("li")?.scrollIntoView({ block: "nearest" });
    }
  }, []);
  return (
    <div className="step-body" ref={body} tabIndex={-1}>
      {children}
    </div>
  );
}

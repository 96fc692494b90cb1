import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

/** One of several views of which one is shown. */
export interface Tab<T extends string> {
  id: T;
  label: ReactNode;
  content: ReactNode;
}

/**
 * Views of which one is shown (ARIA Authoring Practices, pattern "Tabs"): arrows go from tab to tab, Home and End to the ends.
 *
 * @param label names the group.
 * @param selected and `onSelect` where the page wants to know or say which; else it keeps that itself.
 */
export function Tabs<T extends string>({
  label,
  tabs,
  selected,
  onSelect,
}: {
  label: string;
  tabs: readonly [Tab<T>, ...Tab<T>[]];
  selected?: T;
  onSelect?: (id: T) => void;
}) {
  const base = useId();
  const [own, setOwn] = useState<T>(tabs[0].id);
  const list = useRef<HTMLDivElement>(null);
  const shown = tabs.find(({ id }) => id === (selected ?? own)) ?? tabs[0];

  function select(id: T) {
    setOwn(id);
    onSelect?.(id);
  }

  function onKeyDown(event: KeyboardEvent) {
    const at = tabs.indexOf(shown);
    const places: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(tabs[to]!.id);
    (list.current!.children[to] as HTMLElement).focus();
  }

  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            aria-selected={tab === shown}
            aria-controls={`${base}-panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => select(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${shown.id}`}>
        {shown.content}
      </div>
    </div>
  );
}

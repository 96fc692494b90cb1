import type { Avatar, Binding, BindingStep } from "@syngraph/sdk";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";

import { navigate, useSyngraph } from "../app/hooks.ts";
import { type Draft, draftOf, saveDraft, useDrafts } from "./drafts.ts";
import { draftHref } from "./Unfinished.tsx";
import { type Turn, useTurn } from "./useTurn.ts";

/** A binding or revocation on its way, kept in this browser: a reload or another tab goes on with it. */
export interface OpenBinding {
  /** Null before there is one, and while a saved one is read. */
  binding: Binding | null;
  step: BindingStep | null;
  /** `gone`: finished or discarded elsewhere; `reading`: a saved one is verified. */
  state: "new" | "reading" | "open" | "gone" | "unreadable";
  /** Why a saved one cannot be gone on with. */
  error: unknown;
  turn: Turn;
  begin(avatar: Avatar, wish: { platform: string; identity: string; action: Draft["action"] }): Promise<Binding>;
}

/** @param uuid of what was begun before, as the address names it; null where nothing was. */
export function useBinding(uuid: string | null): OpenBinding {
  const syngraph = useSyngraph();
  const draft = useDrafts().find((one) => one.uuid === uuid);
  const turn = useTurn(uuid);
  const [held, setHeld] = useState<{ binding: Binding; savedAt: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  /** When what this tab knows was saved: another time means that another tab went on. */
  const savedAt = useRef(0);

  /** Whether it could be saved: then that it is not there any more means that somebody took it away. */
  const saved = useRef(false);

  const changed = useCallback((binding: Binding) => {
    savedAt.current = Math.max(Date.now(), savedAt.current + 1);
    saved.current = saveDraft(draftOf(binding, savedAt.current));
    redraw();
  }, []);

  const known = held?.binding.link.uuid === uuid;
  const isOlder = draft !== undefined && draft.savedAt !== savedAt.current;
  useEffect(() => {
    if (!draft || (known && !isOlder)) return undefined;
    let over = false;
    syngraph.resume({ publicKey: draft.avatar }, draft.snapshot, { onChange: changed }).then(
      (binding) => {
        if (over) return;
        savedAt.current = draft.savedAt;
        saved.current = true;
        setError(null);
        setHeld({ binding, savedAt: draft.savedAt });
      },
      (reason: unknown) => over || setError(reason),
    );
    return () => {
      over = true;
    };
  }, [changed, draft, isOlder, known, syngraph]);

  async function begin(avatar: Avatar, { action, ...wish }: Parameters<OpenBinding["begin"]>[1]): Promise<Binding> {
    const binding = await syngraph[action === "create" ? "bind" : "revoke"](avatar, wish, { onChange: changed });
    changed(binding);
    setHeld({ binding, savedAt: savedAt.current });
    navigate(draftHref(binding.link), { replace: true });
    return binding;
  }

  const binding = known ? held.binding : null;
  return { binding, step: binding?.step ?? null, state: stateOf(), error, turn, begin };

  function stateOf(): OpenBinding["state"] {
    if (uuid === null) return "new";
    if (binding) return draft === undefined && saved.current ? "gone" : "open";
    if (!draft) return "gone";
    return error === null ? "reading" : "unreadable";
  }
}

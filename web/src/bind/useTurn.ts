import { useCallback, useEffect, useState } from "react";

/** Which of several tabs works on something. */
export interface Turn {
  /** Whether this tab does. */
  mine: boolean;
  /** Makes it this one. */
  takeOver: () => void;
}

/**
 * Lets one tab at a time work on what has this name (Web Locks API); the others wait for it to close, or take over. Where the
 * browser has no locks every tab works.
 *
 * @param name null for what is this tab's alone.
 */
export function useTurn(name: string | null): Turn {
  const [state, setState] = useState<{ name: string | null; mine: boolean }>({ name: null, mine: true });
  const [taken, setTaken] = useState(0);

  useEffect(() => {
    if (name === null || navigator.locks === undefined) return undefined;
    let over = false;
    let release = () => {};
    const abort = new AbortController();
    const hold = () => {
      setState({ name, mine: true });
      return new Promise<void>((resolve) => {
        release = resolve;
        if (over) resolve();
      });
    };
    const wait = () => {
      navigator.locks.request(`syngraph.${name}`, { signal: abort.signal }, hold).catch(lost);
    };
    /** Another tab took over: wait until it is done. */
    const lost = () => {
      if (over) return;
      setState({ name, mine: false });
      wait();
    };
    const told = setTimeout(() => setState((at) => (at.name === name ? at : { name, mine: false })), PATIENCE);
    if (taken > 0) navigator.locks.request(`syngraph.${name}`, { steal: true }, hold).catch(lost);
    else wait();
    return () => {
      over = true;
      clearTimeout(told);
      abort.abort();
      release();
    };
  }, [name, taken]);

  const takeOver = useCallback(() => setTaken((count) => count + 1), []);
  const isKnown = name === null || navigator.locks === undefined || state.name === name;
  return { mine: name === null || navigator.locks === undefined || (isKnown && state.mine), takeOver };
}

/** How long to wait for a free lock before the page says that another tab has it, in milliseconds. */
const PATIENCE = 150;

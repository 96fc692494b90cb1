/**
 * What a browser keeps for this page. Where its user lets no site keep anything, so much as to look there throws: what is kept
 * then lasts as long as the page. For what may be lost; the keyring keeps keys itself, and says where it cannot.
 */
function storage(name: "localStorage" | "sessionStorage"): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return window[name];
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

/** For all tabs, for good. */
export const localStore = storage("localStorage");
/** For this tab, as long as it is open. */
export const tabStore = storage("sessionStorage");

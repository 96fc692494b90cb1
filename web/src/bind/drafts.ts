import type { Binding, BindingSnapshot } from "@syngraph/sdk";
import { useSyncExternalStore } from "react";

/** A binding or revocation that was begun in this browser. Nothing in it is secret; what it holds is checked when it is resumed. */
export interface Draft {
  uuid: string;
  /** The avatar's compressed public key. */
  avatar: string;
  action: "create" | "delete";
  platform: string;
  identity: string;
  /** Milliseconds since the epoch. */
  savedAt: number;
  /** Whether it is on chain, or never will be. */
  ended: boolean;
  snapshot: BindingSnapshot;
}

const PREFIX = "syngraph.binding.";

/** How long what has ended is kept, so that a page that is loaded anew still says so; in milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;

const listeners = new Set<() => void>();
/** What was read last: `useSyncExternalStore` wants the same object for the same texts. */
let cache: { texts: string; drafts: readonly Draft[] } = { texts: "", drafts: [] };

/** All that was begun here, the latest first. */
export function drafts(): readonly Draft[] {
  const entries = Object.entries(storage()).filter(([key]) => key.startsWith(PREFIX));
  const texts = JSON.stringify(entries);
  if (cache.texts !== texts) {
    const found = entries.flatMap(([key, text]) => parseDraft(key.slice(PREFIX.length), text) ?? []);
    cache = { texts, drafts: found.sort((one, other) => other.savedAt - one.savedAt) };
  }
  return cache.drafts;
}

/** A binding as it is to be saved. */
export function draftOf(binding: Binding, savedAt = Date.now()): Draft {
  const { uuid, avatar, action, platform, identity } = binding.link;
  const { name } = binding.step;
  const ended = name === "done" || name === "refused";
  return { uuid, avatar, action, platform, identity, savedAt, ended, snapshot: binding.toJSON() };
}

/**
 * Saves a draft, for this tab after a reload and for others now.
 *
 * @returns whether it could be saved: without room or right to store, it lives in this tab alone.
 */
export function saveDraft(draft: Draft): boolean {
  try {
    localStorage.setItem(PREFIX + draft.uuid, JSON.stringify(draft));
  } catch {
    return false;
  }
  changed();
  return true;
}

/** Forgets a draft. */
export function removeDraft(uuid: string): void {
  storage().removeItem?.(PREFIX + uuid);
  changed();
}

/** Forgets what ended long ago. */
export function tidyDrafts(now = Date.now()): void {
  for (const { uuid, ended, savedAt } of drafts()) if (ended && savedAt + KEPT < now) removeDraft(uuid);
}

/** All that was begun here; follows other tabs. */
export function useDrafts(): readonly Draft[] {
  return useSyncExternalStore(subscribe, drafts);
}

/**
 * A stored draft; null where it is none. Anything may stand in a browser's storage: the fields are checked here, the snapshot
 * by `Syngraph.resume`.
 */
export function parseDraft(uuid: string, text: string): Draft | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const {
    avatar,
    action,
    platform,
    identity,
    savedAt,
    ended,
    snapshot,
    uuid: named,
  } = value as Record<string, unknown>;
  const isDraft =
    named === uuid &&
    [avatar, platform, identity].every((field) => typeof field === "string") &&
    (action === "create" || action === "delete") &&
    typeof savedAt === "number" &&
    typeof ended === "boolean" &&
    typeof snapshot === "object" &&
    snapshot !== null;
  return isDraft ? (value as Draft) : null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function changed(): void {
  for (const listener of listeners) listener();
}

/** The browser's storage; an empty one where it may not be used. */
function storage(): Partial<Storage> {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

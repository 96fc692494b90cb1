import type { Avatar, PasskeyKeystore, TextSigner } from "@syngraph/sdk";

import { localStore } from "../app/storage.ts";
import type { Keyring } from "./keyring.ts";

/** What this browser keeps. Nothing in it is secret: the key is encrypted by password, and by passkey where there is one. */
interface Stored {
  version: 1;
  publicKey: string;
  /** Web3 Secret Storage, version 3. */
  keystore: string;
  passkey: PasskeyKeystore | null;
  /** Whether its owner has downloaded it. */
  hasBackup: boolean;
}

const STORED = "syngraph.keyring";
const AUTO_LOCK = "syngraph.autolock";
/** When it was locked last: other tabs see that it changes. */
const LOCKED = "syngraph.locked";

/** After how many minutes without a touch the avatar may be locked. */
export const AUTO_LOCK_MINUTES = [5, 15, 60] as const;
const DEFAULT_MINUTES = 15;
/** How often it is looked whether it is time, in milliseconds. */
const LOOK_EVERY = 5000;

/** The SDK comes with what signs and encrypts, which most visits never need. */
const sdk = () => import("@syngraph/sdk");

let stored = readStored();
let avatar: Avatar | null = null;
let lastTouch = Date.now();
let snapshot: Keyring;
const listeners = new Set<() => void>();

/** Tabs share what is stored; an unlocked key is each tab's own, and locking counts for all. */
window.addEventListener("storage", ({ key }) => {
  if (key === LOCKED) forgetKey();
  else if (key === STORED || key === null) reload();
});
for (const touch of ["pointerdown", "keydown"]) {
  window.addEventListener(touch, touched, { capture: true, passive: true });
}
setInterval(lockWhenIdle, LOOK_EVERY);
// Timers sleep in hidden tabs and sleeping machines.
document.addEventListener("visibilitychange", lockWhenIdle);

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function current(): Keyring {
  return snapshot;
}

/** Minutes after which the avatar is locked when nobody touches the page. */
export function autoLockMinutes(): number {
  const minutes = Number(localStore.getItem(AUTO_LOCK));
  return (AUTO_LOCK_MINUTES as readonly number[]).includes(minutes) ? minutes : DEFAULT_MINUTES;
}

export function setAutoLockMinutes(minutes: number): void {
  localStore.setItem(AUTO_LOCK, String(minutes));
}

/** The first touch after a machine has slept may come before the timer: it is no sign that somebody was there meanwhile. */
function touched(): void {
  lockWhenIdle();
  lastTouch = Date.now();
}

function lockWhenIdle(): void {
  if (avatar && Date.now() - lastTouch > autoLockMinutes() * 60_000) forgetKey();
}

function takeSnapshot(): Keyring {
  return {
    state: stored === null ? "none" : avatar ? "unlocked" : "locked",
    publicKey: stored?.publicKey ?? null,
    avatar,
    hasPasskey: stored?.passkey != null,
    hasBackup: stored?.hasBackup ?? false,
    ...actions,
  };
}

function changed(): void {
  snapshot = takeSnapshot();
  for (const listener of listeners) listener();
}

/** Another tab has stored something else. */
function reload(): void {
  stored = readStored();
  if (avatar && avatar.publicKey !== stored?.publicKey) avatar = null;
  changed();
}

function forgetKey(): void {
  if (!avatar) return;
  avatar = null;
  changed();
}

function readStored(): Stored | null {
  try {
    const value = JSON.parse(localStorage.getItem(STORED) ?? "null") as Partial<Stored> | null;
    if (value?.version !== 1 || typeof value.publicKey !== "string" || typeof value.keystore !== "string") return null;
    const { publicKey, keystore, passkey = null, hasBackup = false } = value;
    return { version: 1, publicKey, keystore, passkey, hasBackup: hasBackup === true };
  } catch {
    // Somebody else's, or damaged: nothing that could be unlocked.
    return null;
  }
}

function store(next: Stored): void {
  localStorage.setItem(STORED, JSON.stringify(next));
  stored = next;
}

/** Changes what is stored beside the key, unless another tab has put another key there while the user was asked. */
async function amend(publicKey: string, change: Partial<Stored>): Promise<void> {
  const now = readStored();
  if (now?.publicKey !== publicKey) throw await changedMeanwhile();
  store({ ...now, ...change });
  changed();
}

async function changedMeanwhile(): Promise<Error> {
  const { InputError } = await sdk();
  return new InputError("another tab has changed the avatar of this browser meanwhile");
}

/** Encrypts a new avatar and keeps it. One that is there is never overwritten. */
async function keep(make: () => Avatar | Promise<Avatar>, password: string, onProgress?: (done: number) => void) {
  const { InputError } = await sdk();
  const assertNone = () => {
    if (readStored()) throw new InputError("this browser holds an avatar already: remove it first");
  };
  assertNone();
  const made = await make();
  const keystore = await made.toKeystore(password, onProgress ? { onProgress } : {});
  // Encrypting takes a second, in which another tab may have been faster.
  assertNone();
  store({ version: 1, publicKey: made.publicKey, keystore, passkey: null, hasBackup: false });
  unlocked(made);
}

function unlocked(key: Avatar): void {
  avatar = key;
  lastTouch = Date.now();
  changed();
}

/** Opens what is stored, and takes it only if it is the avatar that it is said to be. */
async function open(how: (kept: Stored) => Promise<Avatar>): Promise<void> {
  const { InputError, KeystoreError } = await sdk();
  const kept = stored;
  if (!kept) throw new InputError("this browser holds no avatar");
  const opened = await how(kept);
  if (opened.publicKey !== kept.publicKey) {
    throw new KeystoreError("keystore_altered", "what is stored here was altered: its key is another avatar's");
  }
  if (readStored()?.publicKey !== kept.publicKey) throw await changedMeanwhile();
  unlocked(opened);
}

async function unlockedAvatar(): Promise<Avatar> {
  if (avatar) return avatar;
  const { InputError } = await sdk();
  throw new InputError("the avatar is locked");
}

/** The part of the snapshot that never changes. */
const actions = {
  create: async (password: string, onProgress?: (done: number) => void) => {
    const { Avatar } = await sdk();
    await keep(() => Avatar.create(), password, onProgress);
  },
  importKey: async (key: string, password: string, onProgress?: (done: number) => void) => {
    const { Avatar } = await sdk();
    await keep(() => Avatar.fromKey(key), password, onProgress);
  },
  importKeystore: async (json: string, password: string, kept: string, onProgress?: (done: number) => void) => {
    const { Avatar } = await sdk();
    // Encrypted anew: other programs' keystores are often cheaper to guess.
    await keep(
      () => Avatar.fromKeystore(json, password, { onProgress: (done) => onProgress?.(done / 2) }),
      kept,
      (done) => onProgress?.(0.5 + done / 2),
    );
  },
  fromWallet: async (signer: TextSigner, password: string, onProgress?: (done: number) => void) => {
    const { Avatar } = await sdk();
    await keep(() => Avatar.fromWallet(signer), password, onProgress);
  },
  unlock: async (password: string, onProgress?: (done: number) => void) => {
    const { Avatar } = await sdk();
    await open(({ keystore }) => Avatar.fromKeystore(keystore, password, onProgress ? { onProgress } : {}));
  },
  unlockWithPasskey: async () => {
    const { Avatar, KeystoreError, readPasskeyKeystore } = await sdk();
    await open(({ passkey }) => {
      if (!passkey) throw new KeystoreError("passkey_refused", "no passkey was added to this avatar");
      return Avatar.fromPasskey(readPasskeyKeystore(passkey));
    });
  },
  addPasskey: async () => {
    const key = await unlockedAvatar();
    const userName = `${key.publicKey.slice(0, 10)}…${key.publicKey.slice(-6)}`;
    const passkey = await key.toPasskey({ rpId: window.location.hostname, rpName: "Syngraph", userName });
    await amend(key.publicKey, { passkey });
  },
  removePasskey: async () => {
    const key = await unlockedAvatar();
    await amend(key.publicKey, { passkey: null });
  },
  changePassword: async (password: string, onProgress?: (done: number) => void) => {
    const key = await unlockedAvatar();
    const keystore = await key.toKeystore(password, onProgress ? { onProgress } : {});
    await amend(key.publicKey, { keystore, hasBackup: false });
  },
  exportKeystore: () => {
    if (!stored) return "";
    store({ ...stored, hasBackup: true });
    changed();
    return stored.keystore;
  },
  lock: () => {
    forgetKey();
    localStore.setItem(LOCKED, String(Date.now()));
  },
  remove: () => {
    localStorage.removeItem(STORED);
    stored = null;
    avatar = null;
    changed();
  },
};

snapshot = takeSnapshot();

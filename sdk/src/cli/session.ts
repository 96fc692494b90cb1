import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Session } from "../session.ts";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { readOwn, replaceOwn } from "./files.ts";

/** A session as it is kept beside the keystore. */
interface KeptSession {
  version: 1;
  /** At which API: nobody else is shown the token. */
  api: string;
  token: string;
  avatar: string;
  address: string;
  signer: string;
  created_at: string;
  expires_at: string;
}

/** Keeps a session, readable by its owner only. */
export async function keepSession(context: Context, session: Session): Promise<string> {
  const file = pathOf(context);
  const { token, avatar, address, signer, expiresAt } = session;
  const [now, expires] = [Date.now(), expiresAt.getTime()].map((time) => String(Math.floor(time / 1000)));
  const kept: KeptSession = {
    ...{ version: 1, api: originOf(context), token, avatar, address, signer },
    ...{ created_at: now!, expires_at: expires! },
  };
  await replaceOwn(file, `${JSON.stringify(kept)}\n`);
  return file;
}

/** @throws {CliError} where nobody is signed in at the API. */
export async function openSession(context: Context): Promise<Session> {
  const kept = read(await readOwn(pathOf(context), "secret"));
  if (!kept) throw new CliError(`nobody is signed in: run "syngraph login"`);
  const { api, token, ...info } = kept;
  if (api !== originOf(context)) {
    throw new CliError(`the session is one of ${api}, and not of ${originOf(context)}: run "syngraph login"`);
  }
  if (Number(info.expires_at) * 1000 <= Date.now()) throw new CliError(`the session has ended: run "syngraph login"`);
  return new Session(context.syngraph.client, token, info);
}

export async function dropSession(context: Context): Promise<void> {
  await rm(pathOf(context), { force: true });
}

function pathOf({ keystore }: Context): string {
  return join(dirname(keystore), "session.json");
}

/** Its path too: two APIs may be at one origin. */
function originOf({ api }: Context): string {
  return new URL(api).href.replace(/\/$/, "");
}

function read(json: string | null): KeptSession | null {
  if (json === null) return null;
  try {
    const kept = JSON.parse(json) as Partial<KeptSession> | null;
    const { api, token, avatar, address, signer, created_at, expires_at } = kept ?? {};
    const texts = [api, token, avatar, address, signer, created_at, expires_at];
    return kept?.version === 1 && texts.every((text) => typeof text === "string") ? (kept as KeptSession) : null;
  } catch {
    return null;
  }
}

import type { Command } from "commander";

import type { SubmissionItem } from "../../client/index.ts";
import { SyngraphError } from "../../errors.ts";
import type { Signer } from "../../session.ts";
import type { Context, Runner } from "../context.ts";
import { openAvatar, openWallet } from "../keys.ts";
import { addExamples, readInteger } from "../options.ts";
import { oneLine, table, timeOf } from "../output.ts";
import { dropSession, keepSession, openSession } from "../session.ts";

interface SignerOptions {
  wallet?: boolean;
  walletKeystore?: string;
  avatar?: string;
}

export function addSession(program: Command, run: Runner): void {
  const login = program
    .command("login")
    .description("sign in at the node (EIP-4361), to see what the avatar handed in");
  addSigner(login);
  addExamples(login, [["syngraph login", "the session is kept beside the keystore; only you may read it"]]);
  login.action(run(signIn));

  const session = program.command("session").description("tell who is signed in at the node").action(run(showSession));
  addExamples(session, [
    ["syngraph session --json", `{"avatar":"0x02…","address":"0x…","signer":"0x…","expires_at":"…"}`],
  ]);

  const submissions = program
    .command("submissions")
    .description("list what the avatar that is signed in handed in, the latest first")
    .addOption(readInteger("--page <number>", "which page", [1, 1e6]).default(1));
  addExamples(submissions, [["syngraph submissions --json", "one JSON value for each"]]);
  submissions.action(run(listSubmissions));

  const logout = program.command("logout").description("end the session").action(run(signOut));
  addExamples(logout, [["syngraph logout", "also where the node forgot it"]]);

  const token = program
    .command("id-token")
    .description("make an ID token for an application, which tells the avatar and those bindings that are asked for")
    .requiredOption("--uri <url>", "the page that asks")
    .option("--bindings <platform...>", "platforms whose bindings it tells")
    .option("--nonce <nonce>", "the application's own")
    .option("--audience <audience>", "the token's audience, where it is not the page's domain");
  addSigner(token);
  addExamples(token, [["syngraph id-token --uri https://app.example/ --bindings github", "a JWT"]]);
  token.action(run(makeToken));
}

function addSigner(command: Command): void {
  command
    .option("--wallet", "by a wallet that is bound to the avatar: SYNGRAPH_WALLET_KEY")
    .option("--wallet-keystore <file>", "the same, by its keystore")
    .option("--avatar <key>", "as which avatar, where the wallet is bound to several");
}

async function signerOf(context: Context, { wallet = false, walletKeystore }: SignerOptions): Promise<Signer> {
  const byWallet = wallet || walletKeystore !== undefined;
  return byWallet ? openWallet(walletKeystore, context.signal) : openAvatar(context);
}

async function signIn(context: Context, options: SignerOptions): Promise<void> {
  const { syngraph, output, signal } = context;
  const signer = await signerOf(context, options);
  const session = await syngraph.signIn(signer, {
    signal,
    ...(options.avatar !== undefined && { avatar: options.avatar }),
  });
  const file = await keepSession(context, session);
  const { avatar, signer: by, expiresAt } = session;
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  output.result(`signed in as ${avatar}\nuntil ${timeOf(expires)}`, { avatar, signer: by, expires_at: expires, file });
}

async function showSession(context: Context): Promise<void> {
  const { output, signal } = context;
  const info = await (await openSession(context)).current({ signal });
  const { avatar, signer, expires_at: expires } = info;
  output.result(`avatar ${oneLine(avatar)}\nby     ${oneLine(signer)}\nuntil  ${timeOf(expires)}`, info);
}

async function listSubmissions(context: Context, { page }: { page: number }): Promise<void> {
  const { output, signal } = context;
  const session = await openSession(context);
  const { submissions, pagination } = await session.submissions(page, { signal });
  if (output.json) for (const each of submissions) output.result("", each);
  else
    output.result(
      table([["handed in", "what", "platform", "identity", "state", "where"], ...submissions.map(rowOf)]),
      null,
    );
  if (pagination.next !== 0) output.note(`${pagination.total} in all: --page ${pagination.next} shows more`);
}

function rowOf({ created_at, method, platform, identity, state, reason, block }: SubmissionItem): string[] {
  const where = state === "refused" ? reason : block === null ? "" : `block ${block}`;
  return [timeOf(created_at), method, platform ?? "", identity ?? "", state, where];
}

async function signOut(context: Context): Promise<void> {
  const { output, signal } = context;
  const session = await openSession(context);
  try {
    await session.signOut({ signal });
  } catch (error) {
    // It has ended there already.
    if (!(error instanceof SyngraphError) || error.status !== 401) throw error;
  }
  await dropSession(context);
  output.result("signed out", { avatar: session.avatar, signed_out: true });
}

async function makeToken(
  context: Context,
  options: SignerOptions & { uri: string; bindings?: string[]; nonce?: string; audience?: string },
): Promise<void> {
  const { syngraph, output, signal } = context;
  const { uri, bindings, nonce, audience, avatar } = options;
  const reply = await syngraph.idToken(await signerOf(context, options), {
    ...{ uri, signal },
    ...(bindings !== undefined && { bindings }),
    ...(nonce !== undefined && { nonce }),
    ...(audience !== undefined && { audience }),
    ...(avatar !== undefined && { avatar }),
  });
  output.result(oneLine(reply.id_token), reply);
}

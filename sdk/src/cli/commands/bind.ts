import { type Command, Option } from "commander";
import type { Wallet } from "ethers";

import type { Avatar } from "../../avatar/index.ts";
import { type Binding, type CosignStep, identityForms } from "../../binding/index.ts";
import { isPlatformName } from "../../protocol/index.ts";
import type { Context, Runner } from "../context.ts";
import { type DirectOptions, openPayer, withoutNode } from "../direct.ts";
import { CliError, usageError } from "../errors.ts";
import { findWallet, openAvatar, openOther } from "../keys.ts";
import { addDirect, addExamples, readSeconds } from "../options.ts";
import { timeOf, table } from "../output.ts";
import { dropBinding, findBinding, keepBinding, listBindings } from "../pending.ts";
import { findPlatform } from "../platforms.ts";
import { readLine } from "../prompt.ts";
import { locatePost, showPost } from "../publish.ts";
import { LinkLost, reportLink, submit } from "../submit.ts";

interface BindOptions extends DirectOptions {
  location?: string;
  gist?: string;
  language?: string;
  wait?: number;
  every?: number;
  anew?: boolean;
  check?: boolean;
  signature?: string;
  contractWallet?: boolean;
  otherKeystore?: string;
}

/** How long posts are waited for, in seconds: it takes a while until a record is seen everywhere. */
const PATIENCE = { wait: 600, every: 5 };
const DNS_PATIENCE = { wait: 3600, every: 15 };

export function addBind(program: Command, run: Runner): void {
  const command = program
    .command("bind")
    .description("bind an account, domain, wallet or other avatar; what was interrupted goes on where it was")
    .argument("<platform>", `for example github; "syngraph platforms" lists them`)
    .argument("[identity]", "login, domain, address, …; of a wallet or avatar whose key is given it may be left out")
    .option("--location <address>", "where the post is; else you are asked for it, if it has to be told")
    .option("--language <language>", "language of the post, where the platform has several")
    .addOption(readSeconds("--wait <seconds>", "how long to wait for the post (600; for dns 3600)"))
    .addOption(readSeconds("--every <seconds>", "how long between two looks (5; for dns 15)"))
    .option("--anew", "begin anew, and forget a binding that was interrupted")
    .option("--check", "only have the attesters look, and say what they see; exit code 1 unless they see the proof")
    .option(
      "--signature <signature>",
      "a wallet's or the other avatar's, where its key is not given; else you are asked",
    )
    .option(
      "--contract-wallet",
      "the wallet is a contract (ERC-1271, ERC-6492): only the chain can judge its signature",
    )
    .option("--other-keystore <file>", "of the other avatar, for platform nextid; else SYNGRAPH_OTHER_KEY is used")
    // As the option was called while GitHub was the only platform to have a location.
    .addOption(new Option("--gist <address>").hideHelp());
  addDirect(command, "the wallet's keystore; else SYNGRAPH_WALLET_KEY is used");
  addExamples(command, [
    ["syngraph bind github alice", "prints the gist to publish, asks where it is, and waits until it is seen"],
    ["syngraph bind dns example.com --wait 7200", "prints the TXT record to add"],
    ["syngraph bind twitter alice --language zh_CN", "prints the post in Chinese, and the page that has it filled in"],
    ["SYNGRAPH_WALLET_KEY=0x… syngraph bind ethereum", "avatar and wallet sign; nothing is published"],
    ["syngraph bind solana 9xQe…", "asks for the wallet's signature of a text"],
    ["syngraph bind github alice --direct --rpc https://…", "sent and paid for by the wallet's key, not by the node"],
    ["syngraph bind ethereum --direct --no-node --rpc https://… --registry 0x…", "no node is asked for anything"],
  ]);
  command.action(run(bind));

  const alias = program
    .command("alias")
    .description("say that another avatar is the same person's: both sign")
    .argument("[avatar]", "its public key; left out where its key is given")
    .option("--other-keystore <file>", "the other avatar's keystore; else SYNGRAPH_OTHER_KEY is used")
    .option("--signature <signature>", "its signature, where its key is not here");
  addDirect(alias, "keystore of the wallet that pays; else SYNGRAPH_WALLET_KEY is used");
  addExamples(alias, [
    ["syngraph alias --other-keystore ~/.syngraph/work.json", "with SYNGRAPH_OTHER_PASSWORD in scripts"],
  ]);
  alias.action(
    run((context, other: string | undefined, options: BindOptions) => bind(context, "nextid", other, options)),
  );

  const revoke = program
    .command("revoke")
    .description("take a binding back: the avatar's signature is enough")
    .argument("<platform>", "for example github")
    .argument("<identity>", "as bound");
  addDirect(revoke, "keystore of the wallet that pays; else SYNGRAPH_WALLET_KEY is used");
  addExamples(revoke, [
    ["syngraph revoke dns example.com", "the chain keeps both links: that it was bound, and is no more"],
  ]);
  revoke.action(run(takeBack));

  const pending = program
    .command("pending")
    .description("list bindings that were begun and are not on chain: run their bind again to go on");
  addExamples(pending, [["syngraph pending --json", "one JSON value a line"]]);
  pending.action(run(listPending));
}

/** `syngraph bind <platform> [identity]`. */
async function bind(
  given: Context,
  platformName: string,
  typed: string | undefined,
  options: BindOptions,
): Promise<void> {
  const context = withoutNode(given, options);
  if (!isPlatformName(platformName)) throw usageError(`${JSON.stringify(platformName)} is no platform's name`);
  const payer = options.direct ? await openPayer(context, options) : null;
  const named = typed === undefined ? undefined : readIdentity(platformName, typed);
  const cosigner = await openCosigner(context, platformName, named, options);
  const identity = named ?? cosigner?.identity;
  if (identity === undefined)
    throw usageError(`say which identity of ${platformName}: syngraph bind ${platformName} …`);
  const avatar = await openAvatar(context);
  const platform = options.node === false ? null : await findPlatform(context, platformName);
  if (platform?.status === "service closed")
    throw new CliError(`${platform.name} is closed: nothing can be bound there`);

  const binding = await begin(context, avatar, { platform: platformName, identity }, options);
  await keepBinding(context, binding);
  const patience = platformName === "dns" ? DNS_PATIENCE : PATIENCE;
  const { wait = patience.wait, every = patience.every } = options;
  try {
    if (binding.step.name === "cosign") {
      await cosign(context, binding, binding.step, cosigner, options);
      await keepBinding(context, binding);
    }
    if (binding.publishing && binding.step.name !== "pending") {
      showPost(context, binding, platform, options.language);
      binding.published(await locatePost(context, binding, platform, options.location ?? options.gist));
      await keepBinding(context, binding);
    }
    if (options.check) {
      await look(context, binding);
      return;
    }
    const done = await submit(
      context,
      binding,
      { ...options, payer },
      binding.publishing ? { wait, every } : undefined,
    ).finally(() => keepBinding(context, binding));
    if (!done.claimed) await dropBinding(context, binding);
    reportLink(context, "bound", binding, done);
  } catch (error) {
    if (error instanceof LinkLost) await dropBinding(context, binding);
    throw error;
  }
}

/** Has the attesters look, and hands nothing in. @throws {CliError} where they do not see the proof. */
async function look({ output, signal }: Context, binding: Binding): Promise<void> {
  const { platform, identity } = binding.link;
  const { found, reason, attestations, quorum, accountId } = await binding.check({ signal });
  const seen = `seen: ${platform} ${identity}, by ${attestations} of ${quorum ?? "enough"} attesters; nothing was handed in`;
  if (found || output.json) output.result(seen, { found, reason, attestations, quorum, account_id: accountId });
  if (!found) throw new CliError(`not seen: ${reason}`);
}

/** What was interrupted, or a new one. */
async function begin(
  context: Context,
  avatar: Avatar,
  wanted: { platform: string; identity: string },
  { anew = false, node = true }: BindOptions,
): Promise<Binding> {
  const { syngraph, output, signal } = context;
  // Whether it still fits the chain, a node is asked.
  const kept = anew || !node ? null : await findBinding(context, avatar.publicKey, wanted);
  if (!kept) return syngraph.bind(avatar, wanted, { signal });
  output.note(`going on with the binding of ${timeOf(kept.link.createdAt)} (--anew begins another one)`);
  return kept;
}

/** Where a platform has one form for what was typed, that one. @throws {CliError} usage */
function readIdentity(platform: string, typed: string): string {
  const [form, ...others] = identityForms(platform, typed);
  if (form !== undefined) return others.length === 0 ? form : typed;
  const what: Record<string, string> = { dns: "domain name", github: "GitHub login" };
  throw usageError(`${JSON.stringify(typed)} is no ${what[platform] ?? `identity of ${platform}`}`);
}

/** Who signs beside the avatar, where the key is here. */
interface Cosigner {
  identity: string;
  sign(text: string): Promise<string>;
}

async function openCosigner(
  { signal }: Context,
  platform: string,
  identity: string | undefined,
  options: BindOptions,
): Promise<Cosigner | null> {
  const { signature, otherKeystore, walletKeystore, direct = false } = options;
  if (signature !== undefined) return null;
  if (platform === "nextid") {
    const isNamed = otherKeystore !== undefined || process.env.SYNGRAPH_OTHER_KEY;
    if (identity !== undefined && !isNamed) return null;
    const other = await openOther(otherKeystore, signal);
    return { identity: other.publicKey, sign: (text) => Promise.resolve(other.sign(text)) };
  }
  if (platform !== "ethereum") return null;
  const wallet = await findWallet(walletKeystore, signal);
  if (!wallet && identity === undefined) {
    throw usageError("no wallet: give --wallet-keystore FILE, set SYNGRAPH_WALLET_KEY, or name its address");
  }
  return wallet && (isOf(wallet, identity) ? cosignerOf(wallet) : payerOnly(wallet, identity!, direct));
}

function isOf({ address }: Wallet, identity: string | undefined): boolean {
  return identity === undefined || identity.toLowerCase() === address.toLowerCase();
}

function cosignerOf(wallet: Wallet): Cosigner {
  return { identity: wallet.address, sign: (text) => wallet.signMessage(text) };
}

/** With --direct the key may be that of who pays, and another wallet be bound. */
function payerOnly({ address }: Wallet, identity: string, direct: boolean): null {
  if (direct) return null;
  throw usageError(`the wallet's key is that of ${address}, and not of ${identity}`);
}

async function cosign(
  { output, signal }: Context,
  binding: Binding,
  { by, identity, text }: CosignStep,
  cosigner: Cosigner | null,
  { signature: given, contractWallet = false }: BindOptions,
): Promise<void> {
  if (cosigner) return binding.cosign(await cosigner.sign(text));
  let signature = given;
  if (signature === undefined) {
    const how = by === "solana" ? "the bytes of this text as they are (signMessage)" : "this text (personal_sign)";
    output.note(`${by === "avatar" ? "The other avatar" : "The wallet"} ${identity} has to sign ${how}:`);
    output.result(text, { sign: by, identity, text });
    signature = (await readLine("Its signature:", signal)) ?? "";
  }
  if (signature.trim() === "") throw usageError("the signature is missing: give --signature");
  binding.cosign(signature.trim(), { contractWallet });
}

/** `syngraph revoke <platform> <identity>`. */
async function takeBack(given: Context, platform: string, identity: string, options: DirectOptions): Promise<void> {
  const context = withoutNode(given, options);
  const { syngraph, signal } = context;
  const payer = options.direct ? await openPayer(context, options) : null;
  const binding = await syngraph.revoke(await openAvatar(context), { platform, identity }, { signal });
  reportLink(context, "revoked", binding, await submit(context, binding, { ...options, payer }));
}

/** `syngraph pending`. */
async function listPending(context: Context): Promise<void> {
  const kept = await listBindings(context);
  if (kept.length === 0) context.output.note("nothing is pending");
  if (context.output.json) {
    for (const { link, outcome, proofLocation } of kept) {
      const { avatar, platform, identity, uuid, createdAt } = link;
      const state = outcome?.name ?? "begun";
      const value = { platform, identity, avatar, uuid, created_at: String(createdAt), state, location: proofLocation };
      context.output.result("", value);
    }
  } else if (kept.length > 0) {
    const rows = kept.map(({ link, outcome }) => [
      link.platform,
      link.identity,
      timeOf(link.createdAt),
      outcome ? "handed in" : "begun",
      link.avatar,
    ]);
    context.output.result(table([["platform", "identity", "begun", "state", "avatar"], ...rows]), kept);
  }
}

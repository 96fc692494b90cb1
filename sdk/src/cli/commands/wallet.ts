import type { Command } from "commander";

import type { DirectRegistry } from "../../chain/index.ts";
import type { Context, Runner } from "../context.ts";
import { CliError } from "../errors.ts";
import { type DirectOptions, type Sent, confirmEstimate, openPayer, withRegistry, withoutNode } from "../direct.ts";
import { addExamples, addPayer } from "../options.ts";
import { type ReaderOptions, addReader, withReader } from "./chain.ts";

export function addWallet(program: Command, run: Runner): void {
  const wallet = program.command("wallet").description("what a bound wallet says itself, by a transaction of its own");

  const release = wallet
    .command("release")
    .description("take the wallet's binding to an avatar back, without the avatar")
    .argument("<avatar>", "its public key");
  addPayer(release, "the wallet's keystore; else SYNGRAPH_WALLET_KEY is used");
  addExamples(release, [
    ["SYNGRAPH_WALLET_KEY=0x… syngraph wallet release 0x02… --rpc https://…", "signed and paid by the wallet"],
  ]);
  release.action(run(releaseWallet));

  const choose = wallet
    .command("avatar")
    .description("name the avatar that speaks for the wallet, to which it must be bound: contracts ask for it")
    .argument("<avatar>", `its public key, or "none"`);
  addPayer(choose, "the wallet's keystore; else SYNGRAPH_WALLET_KEY is used");
  addExamples(choose, [
    ["syngraph wallet avatar 0x02… --wallet-keystore wallet.json --rpc https://…", "paid by the wallet"],
  ]);
  choose.action(run(chooseAvatar));

  const show = wallet
    .command("show")
    .description("tell which avatar speaks for a wallet, by the contract's word; exit code 1 where none does")
    .argument("<wallet>", "its address");
  addReader(show);
  addExamples(show, [["syngraph wallet show 0x… --rpc https://… --registry 0x…", "the avatar's address"]]);
  show.action(run(showWallet));
}

async function showWallet({ output, signal }: Context, wallet: string, options: ReaderOptions): Promise<void> {
  const avatar = await withReader(options, (reader) => reader.avatarOf(wallet, { signal }));
  output.result(avatar ?? "none", { wallet, avatar });
  if (avatar === null) throw new CliError(`${wallet} named no avatar that it is bound to`);
}

async function releaseWallet(given: Context, avatar: string, options: DirectOptions): Promise<void> {
  const context = withoutNode(given, { ...options, direct: true });
  const payer = await openPayer(context, options);
  return withRegistry(context, options, payer, async (registry) => {
    const signed = await registry.signRelease(avatar);
    await confirmEstimate(context, registry, await registry.estimate(signed), options.yes);
    const sent = await registry.submit(signed);
    context.output.status("sent to the chain, waiting for a block");
    report(context, "released", registry, avatar, await sent.wait({ signal: context.signal }));
  });
}

async function chooseAvatar(given: Context, avatar: string, options: DirectOptions): Promise<void> {
  const context = withoutNode(given, { ...options, direct: true });
  const { signal, output } = context;
  const payer = await openPayer(context, options);
  return withRegistry(context, options, payer, async (registry) => {
    const named = avatar === "none" ? null : avatar;
    output.note(`${registry.account} names the avatar ${avatar}, on chain ${registry.chainId}`);
    await confirmEstimate(context, registry, await registry.estimateAvatar(named), options.yes);
    const sent = await registry.setAvatar(named);
    output.status("sent to the chain, waiting for a block");
    report(context, "named", registry, avatar, await sent.wait({ signal }));
  });
}

function report({ output }: Context, verb: string, { account }: DirectRegistry, avatar: string, sent: Sent): void {
  const { chainId, txHash, block, status, gasUsed, fee } = sent;
  output.result(`${verb}: wallet ${account}\navatar ${avatar}\nblock ${block}, ${txHash}`, {
    ...{ wallet: account, avatar, status, chain_id: chainId, tx_hash: txHash, block },
    ...{ gas_used: String(gasUsed), fee: String(fee) },
  });
}

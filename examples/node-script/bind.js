/**
 * Binds a wallet to a new avatar, and prints the proof chain, each link verified here.
 *
 *   WALLET_KEY=0x… node bind.js http://127.0.0.1:3000
 */
import { Avatar, Syngraph } from "@syngraph/sdk";
import { Wallet } from "ethers";

const syngraph = new Syngraph({ api: process.argv[2] ?? "http://127.0.0.1:3000" });
const wallet = process.env.WALLET_KEY ? new Wallet(process.env.WALLET_KEY) : Wallet.createRandom();
// Keep it: avatar.toKeystore(password) encrypts it. Who has the key is the avatar.
const avatar = process.env.AVATAR_KEY ? Avatar.fromKey(process.env.AVATAR_KEY) : Avatar.create();

const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
console.log(`the avatar and the wallet sign:\n  ${binding.text}`);
binding.cosign(await wallet.signMessage(binding.text));
await binding.submit();
const step = await binding.wait({ onProgress: ({ name, state }) => console.log(`${name} ${state ?? ""}`.trimEnd()) });
if (step.name !== "done") throw new Error(`not bound: ${step.reason}`);
console.log(`bound in block ${step.block} of chain ${step.chainId}, transaction ${step.txHash}`);

const { chains } = await syngraph.chain(avatar.publicKey);
for (const { links } of chains) {
  for (const { item, check } of links) {
    console.log(`#${item.sequence} ${item.action} ${item.platform}/${item.identity}: ${check.problem ?? "verified"}`);
  }
}

import { randomBytes } from "node:crypto";

import { Avatar, type Binding, Syngraph } from "@syngraph/sdk";
import { Wallet } from "ethers";

import { ACCOUNT, newGist } from "../api/gists.ts";
import type { TestStack } from "../helpers/stack.ts";

/** Somebody with bindings in a real registry. */
export interface Person {
  avatar: Avatar;
  wallet: Wallet;
  /** On GitHub. */
  account: string;
}

/** Has somebody bind a wallet and a GitHub account, and waits until the registry says so. */
export async function bindPerson(test: TestStack): Promise<Person> {
  const syngraph = new Syngraph({ api: test.stack.apiUrl });
  const [avatar, wallet] = [Avatar.create(), new Wallet(Wallet.createRandom().privateKey)];
  const account = `person-${randomBytes(4).toString("hex")}`;
  const ofWallet = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
  ofWallet.cosign(await wallet.signMessage(ofWallet.text));
  await finish(ofWallet);
  const ofAccount = await syngraph.bind(avatar, { platform: "github", identity: account });
  if (ofAccount.step.name !== "publish") throw new Error(`a post was to be published, not ${ofAccount.step.name}`);
  const { post } = ofAccount.step;
  const gist = newGist();
  test.github.publish(gist, {
    owner: { login: account, id: ACCOUNT },
    files: { [post.file!]: post.contents.default! },
  });
  ofAccount.published(gist);
  await finish(ofAccount);
  return { avatar, wallet, account };
}

async function finish(binding: Binding): Promise<void> {
  await binding.submit();
  const { name } = await binding.wait();
  if (name !== "done") throw new Error(`the binding is ${name}`);
}

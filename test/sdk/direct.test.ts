import { DirectRegistry, type SignedLink } from "@syngraph/sdk/chain";
import { type Link, linkId, signPayload, signText, wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { JsonRpcProvider, NonceManager, Wallet, ZeroHash, parseEther, toQuantity } from "ethers";

import { ContractError, InputError, SyngraphError, TrustError, WalletError } from "../../sdk/src/errors.ts";
import { type Person, attest, personOf } from "../helpers/contractLinks.ts";
import { PageWallet, walletError } from "../helpers/pageWallet.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { type PlannedWallet, type TestFactory, deployWalletFactory } from "../helpers/walletFactory.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { failure } from "./failure.ts";

const CHAIN = 31337;
const OTHER_CHAIN = 4242;

/** Somebody new. */
const somebody = () => personOf(Wallet.createRandom().privateKey);

describe("DirectRegistry", function () {
  this.timeout(60_000);
  const attester = somebody();
  let chain: Anvil;
  let other: Anvil;
  let address: string;
  const wallets: PageWallet[] = [];

  before(async () => {
    [chain, other] = await Promise.all([
      startAnvil([], [attester.address]),
      startAnvil(["--chain-id", String(OTHER_CHAIN)]),
    ]);
    address = chain.registry.target as string;
  });
  after(async () => {
    for (const wallet of wallets) wallet.close();
    await Promise.all([chain?.stop(), other?.stop()]);
  });
  afterEach(() => chain.provider.send("evm_setAutomine", [true]));

  const now = async () => (await chain.provider.getBlock("latest"))!.timestamp;

  /** A wallet in a page, on the registry's chain unless told, and the avatar of its user. */
  async function user(balance = "1", chains: Record<number, string> = { [CHAIN]: chain.rpc }) {
    const [avatar, person] = [somebody(), somebody()];
    await chain.provider.send("anvil_setBalance", [person.address, toQuantity(parseEther(balance))]);
    const wallet = new PageWallet(person, chains);
    wallets.push(wallet);
    return { avatar, person, wallet };
  }

  const connect = (wallet: PageWallet, options: object = {}) =>
    DirectRegistry.connect(wallet, { registry: address, chainId: CHAIN, ...options });

  /** A link signed by its avatar, and by a wallet where there is one. */
  async function signed(
    avatar: Person,
    fields: Partial<Link>,
    cosigner?: Person,
  ): Promise<SignedLink & { id: string }> {
    const link: Link = {
      ...{
        action: "create",
        platform: "ethereum",
        identity: cosigner?.wallet ?? "alice",
        avatar: avatar.key.compressed,
      },
      ...{ prev: null, createdAt: await now(), uuid: crypto.randomUUID(), ...fields },
    };
    const text = signPayload(link);
    const signature = signText(avatar.privateKey, text).base64;
    const cosignature = cosigner ? signText(cosigner.privateKey, text).raw : null;
    return { link, signature, cosignature, id: linkId(link, signature) };
  }

  /** A link of a wallet that is to be deployed, signed by its owner as `by` and by others as they like. */
  async function planned(avatar: Person, { address: wallet, deployer }: PlannedWallet, by: Person) {
    const link = await signed(avatar, { identity: wallet.toLowerCase() }, by);
    return { ...link, cosignature: wrapSignature(link.cosignature!, deployer) };
  }

  /** What attesters say of a link, as an API hands it out. */
  const collected = async ({ id }: { id: string }, method: "append" | "confirm" = "append", by = [attester]) => ({
    ...{ link_id: id, method, proof_location: "gist" },
    proof: attest(by, { linkId: id, accountId: "4711", checkedAt: await now() }),
  });

  const statusOf = async (avatar: Person, { link }: SignedLink) =>
    Number((await chain.registry.getFunction("statusOf")(avatar.address, link.platform, link.identity))[0]);

  /** Expects estimate and submission to be refused by the contract's error, and nothing to be sent. */
  const refused = async (
    wallet: PageWallet,
    link: SignedLink,
    name: string,
    attestations?: Awaited<ReturnType<typeof collected>>,
  ) => {
    const registry = await connect(wallet);
    for (const run of [() => registry.estimate(link, attestations), () => registry.submit(link, attestations)]) {
      expect((await failure(run, ContractError)).error).to.equal(name);
    }
    expect(wallet.count("eth_sendTransaction")).to.equal(0);
  };

  describe("binds", () => {
    it("a wallet, for what it said that it costs", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const link = await signed(avatar, {}, person);
      const { gas, gasPrice, l1Fee, cost, balance, outcome } = await registry.estimate(link);
      expect(outcome).to.equal("confirmed");
      expect([l1Fee, balance, cost]).to.deep.equal([0n, parseEther("1"), gas * gasPrice]);
      expect(wallet.count("eth_sendTransaction"), "sent by an estimate").to.equal(0);

      const transaction = await registry.submit(link);
      const included = await transaction.wait();
      expect(included).to.deep.include({
        chainId: CHAIN,
        txHash: transaction.txHash,
        linkId: link.id,
        status: "confirmed",
      });
      expect(await chain.registry.getFunction("isBound")(avatar.address, "ethereum", person.wallet)).to.equal(true);
      expect(Number(included.gasUsed)).to.be.closeTo(Number(gas), Math.ceil(Number(gas) / 50));
      const left = await chain.provider.getBalance(person.address);
      expect(left).to.equal(parseEther("1") - included.fee);
    });

    it("with a signer of ethers", async () => {
      const { avatar, person } = await user();
      const registry = await DirectRegistry.connect(new Wallet(person.privateKey, chain.provider), {
        registry: address,
      });
      const transaction = await registry.submit(await signed(avatar, {}, person));
      expect((await transaction.wait()).status).to.equal("confirmed");
    });

    it("with such a signer for what its user was told, whatever its RPC names as the price then", async () => {
      const { avatar, person } = await user();
      const proxy = await RpcProxy.start(chain.rpc);
      const provider = new JsonRpcProvider(proxy.url, CHAIN, { staticNetwork: true, cacheTimeout: -1 });
      try {
        const registry = await DirectRegistry.connect(new Wallet(person.privateKey, provider), { registry: address });
        const link = await signed(avatar, {}, person);
        const { gasPrice } = await registry.estimate(link);
        const dear = (...methods: string[]) => {
          proxy.tamper = async ({ method }, ask) =>
            methods.includes(method) ? toQuantity(BigInt((await ask()) as string) * 50n) : ask();
        };
        dear("eth_gasPrice");
        const { code, message } = await failure(() => registry.submit(link), WalletError);
        expect([code, message.includes("nothing was sent")]).to.deep.equal(["wallet_funds", true]);
        dear("eth_maxPriorityFeePerGas");
        const { txHash } = await registry.submit(link);
        const { maxFeePerGas, maxPriorityFeePerGas } = (await chain.provider.getTransaction(txHash))!;
        expect([maxFeePerGas! <= 2n * gasPrice, maxPriorityFeePerGas! <= gasPrice]).to.deep.equal([true, true]);
      } finally {
        provider.destroy();
        await proxy.stop();
      }
    });

    it("another avatar, and a second link behind the first", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const first = await signed(avatar, {}, person);
      await (await registry.submit(first)).wait();
      const friend = somebody();
      const fields = { platform: "nextid", identity: friend.key.compressed, prev: first.signature };
      const second = await signed(avatar, fields, friend);
      expect((await (await registry.submit(second)).wait()).status).to.equal("confirmed");
      expect(await chain.registry.getFunction("lengthOf")(avatar.address)).to.equal(2n);
    });

    it("an account for which a quorum stands", async () => {
      const { avatar, wallet } = await user();
      const registry = await connect(wallet);
      const link = await signed(avatar, { platform: "github" });
      const attestations = await collected(link);
      expect((await registry.estimate(link, attestations)).outcome).to.equal("confirmed");
      expect((await (await registry.submit(link, attestations)).wait()).status).to.equal("confirmed");
    });

    it("an account for which nobody stands as a claim, says so before, and confirms it later", async () => {
      const { avatar, wallet } = await user();
      const registry = await connect(wallet);
      const link = await signed(avatar, { platform: "github" });
      expect((await registry.estimate(link)).outcome).to.equal("claimed");
      // A stranger's word is none.
      expect((await registry.estimate(link, await collected(link, "append", [somebody()]))).outcome).to.equal(
        "claimed",
      );
      expect((await (await registry.submit(link)).wait()).status).to.equal("claimed");
      const attestations = await collected(link, "confirm");
      expect((await registry.estimate(link, attestations)).outcome).to.equal("confirmed");
      const included = await (await registry.submit(link, attestations)).wait();
      expect(included).to.include({ linkId: link.id, status: "confirmed" });
      expect(await statusOf(avatar, link)).to.equal(2);
    });

    it("and counts the fee of the chain below", async () => {
      const { avatar, person, wallet } = await user();
      const link = await signed(avatar, {}, person);
      const registry = await connect(wallet);
      const without = await registry.estimate(link);
      // Answers 1234567 to every call: PUSH3, MSTORE, RETURN.
      const oracle = "0x420000000000000000000000000000000000000F";
      await chain.provider.send("anvil_setCode", [oracle, "0x6212d68760005260206000f3"]);
      const within = await registry.estimate(link);
      await chain.provider.send("anvil_setCode", [oracle, "0x"]);
      expect(within.l1Fee).to.equal(1_234_567n);
      expect(within.cost).to.equal(within.gas * within.gasPrice + 1_234_567n);
      expect(within.gas).to.equal(without.gas);
    });
  });

  describe("binds a contract wallet that is not there yet (ERC-6492)", () => {
    let factory: TestFactory;
    before(async () => {
      factory = await deployWalletFactory(chain.provider);
    });

    it("once it is deployed, which it says has to be done before", async () => {
      const { avatar, person: owner, wallet } = await user();
      const registry = await connect(wallet);
      const plan = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
      const link = await planned(avatar, plan, owner);
      for (const run of [() => registry.estimate(link), () => registry.submit(link)]) {
        const { code, message } = await failure(run, WalletError);
        expect([code, message.includes(plan.address.toLowerCase())]).to.deep.equal(["wallet_undeployed", true]);
      }
      expect(wallet.count("eth_sendTransaction")).to.equal(0);

      const told = (await registry.estimateDeployment(link))!;
      expect(told.cost).to.equal(told.gas * told.gasPrice + told.l1Fee);
      const deployment = (await registry.deployWallet(link))!;
      const { gasUsed } = await deployment.wait();
      expect(gasUsed <= told.gasLimit && told.gasLimit < 2n * gasUsed, `${gasUsed} of ${told.gasLimit}`).to.equal(true);
      expect(await deployment.wait()).to.include({ txHash: deployment.txHash, linkId: null, status: null });
      expect(await chain.provider.getCode(plan.address)).to.have.length.above(2);
      // A stranger's factory never sees the account as its caller.
      expect(await factory.contract.getFunction("caller").staticCall()).to.not.equal(owner.address);
      expect(await registry.deployWallet(link), "deployed twice").to.equal(null);
      expect(await registry.estimateDeployment(link)).to.equal(null);
      expect((await registry.estimate(link)).outcome).to.equal("confirmed");
      expect((await (await registry.submit(link)).wait()).status).to.equal("confirmed");
      expect(await statusOf(avatar, link)).to.equal(2);
    });

    it("but none in whose name somebody else signed, or which its factory does not deploy, and sends nothing for it", async () => {
      const { avatar, person: owner, wallet } = await user();
      const registry = await connect(wallet);
      const plan = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
      const another = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
      const burn = factory.contract.interface.encodeFunctionData("burn");
      const { address: place } = plan.deployer;
      for (const [link, why] of [
        [await planned(avatar, plan, somebody()), "does not take the signature"],
        [await planned(avatar, { ...plan, deployer: another.deployer }, owner), "does not deploy"],
        [await planned(avatar, { ...plan, deployer: { address: place, data: burn } }, owner), "does not deploy"],
        [await planned(avatar, { ...plan, deployer: { address: place, data: "0x" } }, owner), "does not deploy"],
        // The factory's word for an account with a key.
        [await planned(avatar, { ...plan, address: somebody().address }, owner), "does not deploy"],
      ] as const) {
        for (const method of ["estimate", "submit", "estimateDeployment", "deployWallet"] as const) {
          const { code, message } = await failure(() => registry[method](link), WalletError);
          expect([code, message.includes(why)], message).to.deep.equal(["wallet_signature", true]);
        }
      }
      expect(wallet.count("eth_sendTransaction")).to.equal(0);
      expect([await chain.provider.getCode(plan.address), await chain.provider.getCode(another.address)]).to.deep.equal(
        ["0x", "0x"],
      );
    });
  });

  describe("ends", () => {
    it("a binding by the avatar's delete", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const first = await signed(avatar, {}, person);
      await (await registry.submit(first)).wait();
      const end = await signed(avatar, { action: "delete", identity: person.wallet, prev: first.signature });
      expect((await registry.estimate(end)).outcome).to.equal("deleted");
      expect((await (await registry.submit(end)).wait()).status).to.equal("deleted");
      expect(await statusOf(avatar, first)).to.equal(3);
    });

    it("a binding by the wallet alone, which the avatar need not agree to", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const first = await signed(avatar, {}, person);
      await (await registry.submit(first)).wait();
      const release = await registry.signRelease(avatar.key.compressed);
      expect(release.signature).to.equal(null);
      expect((await registry.estimate(release)).outcome).to.equal("deleted");
      const included = await (await registry.submit(release)).wait();
      expect(included).to.include({ linkId: null, status: "deleted" });
      expect(await statusOf(avatar, first)).to.equal(3);
      const { error } = await failure(() => registry.submit(release), ContractError);
      expect(error).to.equal("ProofRegistryNoSuchBinding");
    });

    it("no binding of another wallet's", async () => {
      const { avatar, person, wallet } = await user();
      await (await (await connect(wallet)).submit(await signed(avatar, {}, person))).wait();
      const thief = await user();
      const registry = await connect(thief.wallet);
      const own = await registry.signRelease(avatar.key.compressed);
      const stolen = { ...own, link: { ...own.link, identity: person.wallet } };
      const { error, message } = await failure(() => registry.submit(stolen), ContractError);
      expect([error, message.includes(person.wallet)]).to.deep.equal(["ProofRegistryInvalidProof", true]);
      expect(thief.wallet.count("eth_sendTransaction")).to.equal(0);
    });
  });

  it("names the wallet's avatar, if it is bound to it, and none any more", async () => {
    const { avatar, person, wallet } = await user();
    const registry = await connect(wallet);
    const { error } = await failure(() => registry.setAvatar(avatar.key.compressed), ContractError);
    expect(error).to.equal("ProofRegistryNoSuchBinding");
    await (await registry.submit(await signed(avatar, {}, person))).wait();
    await (await registry.setAvatar(avatar.key.uncompressed)).wait();
    expect(await chain.registry.getFunction("avatarOf")(person.address)).to.equal(avatar.address);
    await (await registry.setAvatar(null)).wait();
    expect(Number(await chain.registry.getFunction("avatarOf")(person.address))).to.equal(0);
  });

  describe("refuses by name, before anything is sent", () => {
    it("a link that quotes another than the last one", async () => {
      const { avatar, person, wallet } = await user();
      await refused(
        wallet,
        await signed(avatar, { prev: signText(person.privateKey, "another").base64 }, person),
        "ProofRegistryStaleHead",
      );
    });

    it("a signature by somebody else", async () => {
      const { avatar, person, wallet } = await user();
      const { link, cosignature } = await signed(avatar, {}, person);
      const signature = signText(somebody().privateKey, signPayload(link)).base64;
      await refused(wallet, { link, signature, cosignature: cosignature! }, "ProofRegistryInvalidPublicKey");
    });

    it("another wallet's signature", async () => {
      const { avatar, person, wallet } = await user();
      const link = await signed(avatar, { identity: person.wallet }, somebody());
      await refused(wallet, link, "ProofRegistryInvalidProof");
    });

    it("a link from the future", async () => {
      const { avatar, person, wallet } = await user();
      const link = await signed(avatar, { createdAt: (await now()) + 3_600 }, person);
      await refused(wallet, link, "ProofRegistryInvalidCreatedAt");
    });

    it("attestations of two, in the wrong order", async () => {
      const { avatar, wallet } = await user();
      const link = await signed(avatar, { platform: "github" });
      const { proof, ...rest } = await collected(link, "append", [attester, somebody()]);
      const [account, size] = [2 * (1 + 1 + 4), 2 * 73];
      const swapped = proof.slice(0, account) + proof.slice(account + size) + proof.slice(account, account + size);
      await refused(wallet, link, "AttestationsNotAscending", { ...rest, proof: swapped });
    });

    it("attestations of a claim that there is not", async () => {
      const { avatar, wallet } = await user();
      const link = await signed(avatar, { platform: "github" });
      await refused(wallet, link, "ProofRegistryNoSuchBinding", await collected(link, "confirm"));
    });

    it("attestations of another link, whatever the API calls them", async () => {
      const { avatar, wallet } = await user();
      const registry = await connect(wallet);
      const [link, another] = [
        await signed(avatar, { platform: "github" }),
        await signed(avatar, { platform: "github" }),
      ];
      const theirs = await collected(another);
      await failure(() => registry.submit(link, theirs), TrustError);
      // Renamed, they are of no attester.
      expect((await registry.estimate(link, { ...theirs, link_id: link.id })).outcome).to.equal("claimed");
    });

    it("what is no link, or lacks the other side's signature", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const link = await signed(avatar, {}, person);
      expect((await failure(() => registry.submit({ ...link, cosignature: null }), InputError)).message).to.include(
        person.wallet,
      );
      await failure(() => registry.submit({ ...link, signature: "0x1234" }), InputError);
      const quoted = { ...link, link: { ...link.link, identity: 'a"b' } };
      expect((await failure(() => registry.submit(quoted), InputError)).field).to.equal("identity");
      await failure(() => registry.signRelease("0x1234"), InputError);
    });

    it("what the account cannot pay for, with what it has and needs", async () => {
      const { avatar, person, wallet } = await user("0.000000000001");
      const registry = await connect(wallet);
      const link = await signed(avatar, {}, person);
      const { cost, balance } = await registry.estimate(link);
      expect(cost > balance).to.equal(true);
      const { code, message } = await failure(() => registry.submit(link), WalletError);
      expect(code).to.equal("wallet_funds");
      expect(message).to.include(person.address).and.to.include("0.000000000001");
      expect(wallet.count("eth_sendTransaction")).to.equal(0);
    });

    it("an address without a registry", async () => {
      const { wallet, person } = await user();
      for (const registry of [person.address, "0x1234"]) {
        expect((await failure(() => connect(wallet, { registry }), InputError)).field).to.equal("registry");
      }
    });

    it("a contract that is none, though it answers, as soon as it tells nothing", async () => {
      const { avatar, person, wallet } = await user();
      // Answers a word to every call: PUSH1, MSTORE, RETURN.
      const pretender = somebody().address;
      await chain.provider.send("anvil_setCode", [pretender, "0x600160005260206000f3"]);
      const registry = await connect(wallet, { registry: pretender });
      const transaction = await registry.submit(await signed(avatar, {}, person));
      await failure(() => transaction.wait(), TrustError);
    });
  });

  describe("follows the wallet's user", () => {
    it("who refuses to connect, to sign and to send", async () => {
      const { avatar, person, wallet } = await user();
      const no = (...methods: string[]) => {
        wallet.intercept = ({ method }, answer) => {
          if (methods.includes(method)) throw walletError(4001, "No.");
          return answer();
        };
      };
      no("eth_requestAccounts");
      expect((await failure(() => connect(wallet), WalletError)).code).to.equal("wallet_rejected");
      no("personal_sign", "eth_sendTransaction");
      const registry = await connect(wallet);
      expect((await failure(() => registry.signRelease(avatar.key.compressed), WalletError)).code).to.equal(
        "wallet_rejected",
      );
      const link = await signed(avatar, {}, person);
      expect((await failure(() => registry.submit(link), WalletError)).code).to.equal("wallet_rejected");
      expect(await chain.registry.getFunction("lengthOf")(avatar.address)).to.equal(0n);
    });

    it("whose wallet waits for another answer, or shows another account", async () => {
      const { wallet } = await user();
      wallet.intercept = ({ method }, answer) => {
        if (method === "eth_requestAccounts") throw walletError(-32002, "Already processing eth_requestAccounts.");
        return answer();
      };
      expect((await failure(() => connect(wallet), WalletError)).message).to.include("open it");
      wallet.intercept = (_, answer) => answer();
      const { message } = await failure(() => connect(wallet, { account: somebody().address }), WalletError);
      expect(message).to.include(wallet.address.toLowerCase());
    });

    it("to the registry's chain, if they agree", async () => {
      const { avatar, person, wallet } = await user("1", { [OTHER_CHAIN]: other.rpc, [CHAIN]: chain.rpc });
      const registry = await connect(wallet);
      expect(wallet.chainId).to.equal(CHAIN);
      // They go elsewhere in between.
      wallet.chainId = OTHER_CHAIN;
      const transaction = await registry.submit(await signed(avatar, {}, person));
      expect((await transaction.wait()).chainId).to.equal(CHAIN);
      expect(wallet.count("wallet_switchEthereumChain")).to.equal(2);
    });

    it("and says where they are and should be, if they do not", async () => {
      const { wallet } = await user("1", { [OTHER_CHAIN]: other.rpc });
      const unknown = await failure(() => connect(wallet), WalletError);
      expect(unknown.code).to.equal("wallet_chain");
      expect(unknown.message).to.include(String(OTHER_CHAIN)).and.to.include(String(CHAIN)).and.to.include("add it");
      wallet.intercept = ({ method }, answer) => {
        if (method === "wallet_switchEthereumChain") throw walletError(4001, "No.");
        return answer();
      };
      expect((await failure(() => connect(wallet), WalletError)).code).to.equal("wallet_rejected");
      // A wallet that says yes and stays.
      wallet.intercept = ({ method }, answer) => (method === "wallet_switchEthereumChain" ? null : answer());
      expect((await failure(() => connect(wallet), WalletError)).code).to.equal("wallet_chain");
    });

    it("whose wallet learns of a chain that it does not know", async () => {
      const { wallet } = await user("1", { [OTHER_CHAIN]: other.rpc });
      const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
      const described = { chainName: "Local", rpcUrls: [chain.rpc], nativeCurrency };
      const registry = await connect(wallet, { chain: described });
      expect([wallet.chainId, registry.chainId]).to.deep.equal([CHAIN, CHAIN]);
    });

    it("to no other chain with a transaction, though they switch at the last moment", async () => {
      const { avatar, person, wallet } = await user("1", { [CHAIN]: chain.rpc, [OTHER_CHAIN]: other.rpc });
      const registry = await connect(wallet);
      const link = await signed(avatar, {}, person);
      wallet.intercept = ({ method }, answer) => {
        if (method === "eth_sendTransaction") wallet.chainId = OTHER_CHAIN;
        return answer();
      };
      await other.provider.send("anvil_setBalance", [person.address, toQuantity(parseEther("1"))]);
      expect((await failure(() => registry.submit(link), WalletError)).code).to.equal("wallet_failed");
      expect(await other.provider.getTransactionCount(person.address)).to.equal(0);
    });

    it("as far as a signer of ethers can: to no other chain", async () => {
      const signer = new NonceManager(new Wallet(somebody().privateKey, other.provider));
      const options = { registry: address, chainId: CHAIN };
      expect((await failure(() => DirectRegistry.connect(signer, options), WalletError)).code).to.equal("wallet_chain");
      const offline = new Wallet(somebody().privateKey);
      await failure(() => DirectRegistry.connect(offline, options), InputError);
    });
  });

  describe("waits for a transaction", () => {
    it("until the contract says no after all, since somebody came first", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const [one, two] = [await signed(avatar, {}, person), await signed(avatar, {}, person)];
      await chain.provider.send("evm_setAutomine", [false]);
      const first = await registry.submit(one);
      // By the state in front of the first one, which is in no block yet.
      wallet.intercept = ({ method }, answer) => (method === "eth_estimateGas" ? toQuantity(600_000) : answer());
      const second = await registry.submit(two);
      await chain.provider.send("evm_mine", []);
      expect((await first.wait()).linkId).to.equal(one.id);
      expect((await failure(() => second.wait(), ContractError)).error).to.equal("ProofRegistryStaleHead");
    });

    it("that its user pays more for, gives too little gas, or cancels", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const signer = new Wallet(person.privateKey, chain.provider);
      const link = await signed(avatar, {}, person);
      await chain.provider.send("evm_setAutomine", [false]);
      for (const change of ["cancel", "starve", "pay"]) {
        const cancel = change === "cancel";
        const transaction = await registry.submit(link);
        await failure(() => transaction.wait({ timeoutMs: 1 }), SyngraphError);
        const { to, data, nonce, gasLimit, maxFeePerGas } = (await chain.provider.getTransaction(transaction.txHash))!;
        const kinds: Record<string, typeof WalletError | typeof ContractError> = {
          cancel: WalletError,
          starve: ContractError,
        };
        const kind = kinds[change];
        const waiting = kind ? failure<Error>(() => transaction.wait(), kind) : transaction.wait();
        const fee = 2n * maxFeePerGas!;
        const gas = change === "starve" ? gasLimit / 2n : gasLimit;
        const dearer = { nonce, gasLimit: gas, maxFeePerGas: fee, maxPriorityFeePerGas: fee };
        const replaced = await signer.sendTransaction(
          cancel ? { ...dearer, to: person.address, value: 0n } : { ...dearer, to: to!, data },
        );
        await chain.provider.send("evm_mine", []);
        const came = await waiting;
        if (came instanceof WalletError) expect(came.code).to.equal("wallet_rejected");
        else if (came instanceof Error) expect(came.message).to.include(`${replaced.hash} reverted`);
        else expect(came).to.include({ txHash: replaced.hash, linkId: link.id });
      }
    });

    it("for as long as it is told, and goes on after a reload", async () => {
      const { avatar, person, wallet } = await user();
      const registry = await connect(wallet);
      const link = await signed(avatar, {}, person);
      await chain.provider.send("evm_setAutomine", [false]);
      const { txHash } = await registry.submit(link);
      const again = (await connect(wallet)).transaction(txHash);
      const late = await failure(() => again.wait({ timeoutMs: 100 }), SyngraphError);
      expect([late.code, late.retryable, late.message.includes(txHash)]).to.deep.equal(["timeout", true, true]);
      const aborted = await failure(() => again.wait({ signal: AbortSignal.abort() }), SyngraphError);
      expect(aborted.code).to.equal("aborted");
      const unseen = registry.transaction(link.id);
      expect((await failure(() => unseen.wait({ timeoutMs: 1 }), SyngraphError)).code).to.equal("timeout");
      await chain.provider.send("evm_mine", []);
      expect((await again.wait()).linkId).to.equal(link.id);
    });
  });

  it("says that the chain cannot be asked", async () => {
    const { avatar, person, wallet } = await user();
    const registry = await connect(wallet);
    const link = await signed(avatar, {}, person);
    wallet.intercept = ({ method }, answer) => {
      if (method === "eth_estimateGas") throw walletError(-32603, "Failed to fetch");
      return answer();
    };
    const error = await failure(() => registry.estimate(link), SyngraphError);
    expect([error.code, error.retryable]).to.deep.equal(["network", true]);
    expect(error.message).to.include("Failed to fetch");
  });
});

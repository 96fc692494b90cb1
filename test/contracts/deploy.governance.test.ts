import { expect } from "chai";
import { type Contract, type Signer, Wallet, ZeroAddress, id, parseEther } from "ethers";

import { checkDeployment } from "../../scripts/lib/check.ts";
import { type DeployOptions, deploySyngraph } from "../../scripts/lib/deploy.ts";
import { DEFAULT_DELAY } from "../../scripts/lib/deploySettings.ts";
import type { Deployment } from "../../scripts/lib/deployments.ts";
import { FUNCTION_ROLES, Governance, ROLES } from "../../scripts/lib/governance.ts";
import { type Addresses, addressesOf, planContracts } from "../../scripts/lib/plan.ts";
import { type Chain, cutOff, deployer, startChain, useDeploymentsDir } from "../helpers/contractDeploy.ts";
import { type Person, person } from "../helpers/contractLinks.ts";

const [governor, guardian, thief] = [person("governor"), person("guardian"), person("thief")];
const attester = { address: person("attester").address, endpoint: "https://attester.example" };
const accomplice = person("accomplice").address;

/** A call that a role may make. */
interface Operation {
  target: Contract;
  name: string;
  args: unknown[];
}

/** Calls that would take the admin out of its delay, or the registry out of governance's hands. */
function waysAround({ manager, registry }: { manager: Contract; registry: Contract }): Operation[] {
  const { target } = registry;
  const selectors = ["addAttester", "setQuorum"].map((name) => registry.interface.getFunction(name)!.selector);
  const ofManager: [string, unknown[]][] = [
    ["grantRole", [ROLES.admin, deployer.address, 0]],
    ["grantRole", [ROLES.admin, accomplice, 0]],
    ["grantRole", [ROLES.governor, governor.address, 0]],
    ["revokeRole", [ROLES.guardian, guardian.address]],
    ["labelRole", [ROLES.governor, "NOBODY"]],
    ["setRoleAdmin", [ROLES.governor, 7n]],
    ["setRoleGuardian", [ROLES.governor, 7n]],
    ["setGrantDelay", [ROLES.governor, 0]],
    ["setTargetAdminDelay", [target, 0]],
    ["setTargetClosed", [target, true]],
    ["setTargetFunctionRole", [target, selectors, 2n ** 64n - 1n]],
    ["updateAuthority", [target, manager.target]],
  ];
  return ofManager.map(([name, args]) => ({ target: manager, name, args }));
}

async function expectRefused(promise: Promise<unknown>, error: string): Promise<void> {
  let refusal: unknown;
  await promise.catch((reason: unknown) => (refusal = reason));
  expect(String(refusal)).to.include(error);
}

/** The transactions that a log asks for, in order. */
function requests(lines: readonly string[]): { to: string; data: string }[] {
  return [...lines.join("\n").matchAll(/^ +to +(0x\w{40})\n +data (0x\w+)$/gm)].map(([, to, data]) => ({
    to: to!,
    data: data!,
  }));
}

describe("governance", () => {
  const deploymentsDir = useDeploymentsDir();
  let chain: Chain;
  let manager: Contract;
  let registry: Contract;
  let deployment: Deployment;

  /** Somebody with ether on the chain. */
  async function signerOf({ address, privateKey }: Person): Promise<Signer> {
    await chain.networkHelpers.setBalance(address, parseEther("10"));
    return new Wallet(privateKey, chain.ethers.provider) as Signer;
  }

  const options = (more: Partial<DeployOptions> = {}): DeployOptions => ({
    signer: chain.signer,
    deploymentsDir: deploymentsDir(),
    governor: governor.address,
    guardian: guardian.address,
    attesters: [attester],
    quorum: 1,
    ...more,
  });

  /** Deploys, and has the contracts at hand. Answers what was logged. */
  async function deploy(more: Partial<DeployOptions> = {}): Promise<string[]> {
    const lines: string[] = [];
    deployment = await deploySyngraph({ ...options(more), log: (line) => lines.push(line) });
    const entries = Object.entries(deployment.contracts).map(([name, { address }]) => [name, address]);
    const { contracts } = await Governance.at(Object.fromEntries(entries) as Addresses, chain.ethers.provider);
    ({ AccessManager: manager, AttesterRegistry: registry } = contracts);
    return lines;
  }

  async function send(sender: Person, target: Contract, name: string, ...args: unknown[]): Promise<void> {
    const data = target.interface.encodeFunctionData(name, args);
    await (await (await signerOf(sender)).sendTransaction({ to: target, data })).wait();
  }

  function schedule(sender: Person, { target, name, args }: Operation): Promise<void> {
    const data = target.interface.encodeFunctionData(name, args);
    return send(sender, manager, "schedule", target.target, data, 0);
  }

  function execute(sender: Person, { target, name, args }: Operation): Promise<void> {
    return send(sender, manager, "execute", target.target, target.interface.encodeFunctionData(name, args));
  }

  function cancel(sender: Person, scheduledBy: Person, { target, name, args }: Operation): Promise<void> {
    const data = target.interface.encodeFunctionData(name, args);
    return send(sender, manager, "cancel", scheduledBy.address, target.target, data);
  }

  const addAttester = (address: string): Operation => ({
    target: registry,
    name: "addAttester",
    args: [address, "https://evil.example", ""],
  });

  const isAttester = (address: string) => registry.getFunction("isAttester").staticCall(address) as Promise<boolean>;

  beforeEach(async () => {
    // A chain id that is not the local one's: governance gets its delays.
    chain = await startChain(10);
  });
  afterEach(() => chain.close());

  it("has the attesters and the quorum in place, then the roles, then the delays", async () => {
    const lines = await deploy();
    const done = lines.filter((line) => line.startsWith("done: ")).map((line) => /\.(\w+)/.exec(line)![1]);
    expect(done[0]).to.equal("addAttester");
    expect(done.indexOf("setTargetFunctionRole")).to.be.greaterThan(0);
    expect(lines.at(-1)).to.equal(`done: AccessManager.grantRole(ADMIN, ${deployer.address}, ${DEFAULT_DELAY})`);
    expect(lines).to.include(
      "done: AccessManager.setTargetFunctionRole(AttesterRegistry, [addAttester, setQuorum], GOVERNOR)",
    );
    expect(await isAttester(attester.address)).to.equal(true);
    const governance = await Governance.at(addressesOf(await planContracts(deployer.address)), chain.ethers.provider);
    expect(await governance.executionDelay(ROLES.admin, deployer.address)).to.equal(DEFAULT_DELAY);
    expect(await governance.executionDelay(ROLES.governor, governor.address)).to.equal(DEFAULT_DELAY);
    expect(await governance.executionDelay(ROLES.guardian, guardian.address)).to.equal(0);
    for (const [role, account] of [
      [ROLES.governor, deployer],
      [ROLES.guardian, deployer],
      [ROLES.admin, governor],
    ] as const) {
      expect(await governance.executionDelay(role, account.address)).to.equal(undefined);
    }
    const { differences, governance: described } = await checkDeployment(chain.ethers.provider, deployment);
    expect(differences).to.deep.equal([]);
    expect(described).to.include(`GUARDIAN ${guardian.address}, who waits 0 s`);
    expect(described).to.include(`ADMIN ${deployer.address}, who waits ${DEFAULT_DELAY} s`);
  });

  it("reads delays that are to come as the AccessManager later has them", async () => {
    await deploy({ delay: 3 * 3600 });
    const governance = await Governance.at(addressesOf(await planContracts(deployer.address)), chain.ethers.provider);
    const inForce = async () => [
      ...(await Promise.all([0n, 1n, 2n].map((role) => governance.view("AccessManager", "getRoleGrantDelay", role)))),
      await governance.view("AccessManager", "getTargetAdminDelay", registry.target),
      await governance.view("AccessManager", "getTargetAdminDelay", manager.target),
    ];
    const toCome = [
      ...(await Promise.all([0n, 1n, 2n].map((role) => governance.grantDelay(role)))),
      await governance.targetAdminDelay("AttesterRegistry"),
      await governance.targetAdminDelay("AccessManager"),
    ];
    expect(toCome).to.deep.equal(Array(5).fill(3 * 3600));
    expect(await inForce()).to.deep.equal(Array(5).fill(0n));
    await chain.networkHelpers.time.increase(5 * 24 * 3600);
    expect(await inForce()).to.deep.equal(Array(5).fill(3n * 3600n));
  });

  it("does nothing the second time, nor where the chain has longer delays than asked for", async () => {
    await deploy();
    const block = await chain.ethers.provider.getBlockNumber();
    expect((await deploy()).filter((line) => /done|left|wrote/.test(line))).to.deep.equal([]);
    const rest = await deploy({ delay: 60, quorum: undefined });
    expect(rest.filter((line) => /done|left|wrote/.test(line))).to.deep.equal([]);
    expect(await chain.ethers.provider.getBlockNumber()).to.equal(block);
  });

  it("has no delays on a local chain, where the admin may do everything at once", async () => {
    await deploy({ local: true, governor: deployer.address, guardian: deployer.address });
    await send(deployer, registry, "addAttester", accomplice, "", "");
    await send(deployer, registry, "removeAttester", accomplice);
    const more = { local: true, governor: deployer.address, guardian: deployer.address };
    const lines = await deploy({ ...more, attesters: [attester, { address: accomplice, endpoint: "" }] });
    expect(lines).to.include(`attester ${accomplice} was removed, and never can be one again`);
    expect(lines.filter((line) => /done|left/.test(line))).to.deep.equal([]);
  });

  it("lets a governor add an attester, but not before the delay is over, and never somebody else", async () => {
    await deploy();
    await expectRefused(send(governor, registry, "addAttester", accomplice, "", ""), "AccessManagerNotScheduled");
    await expectRefused(schedule(thief, addAttester(accomplice)), "AccessManagerUnauthorizedCall");
    await expectRefused(send(deployer, registry, "addAttester", accomplice, "", ""), "AccessManagedUnauthorized");
    await schedule(governor, addAttester(accomplice));
    await chain.networkHelpers.time.increase(DEFAULT_DELAY - 60);
    await expectRefused(execute(governor, addAttester(accomplice)), "AccessManagerNotReady");
    await chain.networkHelpers.time.increase(60);
    await execute(governor, addAttester(accomplice));
    expect(await isAttester(accomplice)).to.equal(true);
  });

  it("lets the guardian stop a stolen governor's key, and remove an attester at once and for ever", async () => {
    await deploy();
    await schedule(governor, addAttester(accomplice));
    await expectRefused(cancel(thief, governor, addAttester(accomplice)), "AccessManagerUnauthorizedCancel");
    await cancel(guardian, governor, addAttester(accomplice));
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await expectRefused(execute(governor, addAttester(accomplice)), "AccessManagerNotScheduled");

    await send(guardian, registry, "removeAttester", attester.address);
    expect(await isAttester(attester.address)).to.equal(false);
    await schedule(governor, addAttester(attester.address));
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await expectRefused(execute(governor, addAttester(attester.address)), "AttesterRegistryRetiredAttester");
  });

  it("lets nobody but the guardian remove, and the guardian do nothing else", async () => {
    await deploy();
    for (const sender of [governor, deployer, thief]) {
      await expectRefused(send(sender, registry, "removeAttester", attester.address), "AccessManagedUnauthorized");
    }
    await expectRefused(send(guardian, registry, "addAttester", accomplice, "", ""), "AccessManagedUnauthorized");
    await expectRefused(send(guardian, registry, "setQuorum", "", 2), "AccessManagedUnauthorized");
    await expectRefused(
      send(guardian, manager, "grantRole", ROLES.governor, guardian.address, 0),
      "AccessManagerUnauthorizedAccount",
    );
  });

  it("leaves the admin no way around the delay, and the guardian every means to stop it", async () => {
    await deploy();
    const ways = waysAround({ manager, registry });
    // All of the AccessManager's own functions that only admins may call are among them.
    const { functions } = FUNCTION_ROLES.find(({ contract }) => contract === "AccessManager")!;
    expect(new Set(ways.map(({ name }) => name))).to.deep.equal(new Set(functions));
    for (const way of ways) {
      await expectRefused(send(deployer, way.target, way.name, ...way.args), "AccessManagerNotScheduled");
      const data = way.target.interface.encodeFunctionData(way.name, way.args);
      await expectRefused(send(deployer, manager, "multicall", [data]), "AccessManagerNotScheduled");
      await expectRefused(execute(deployer, way), "AccessManagerNotScheduled");
      await schedule(deployer, way);
      await expectRefused(cancel(thief, deployer, way), "AccessManagerUnauthorizedCancel");
      await cancel(guardian, deployer, way);
      await expectRefused(execute(deployer, way), "AccessManagerNotScheduled");
    }
  });

  it("delays the one call that the guardian cannot stop, a new authority set by the registry's own function", async () => {
    await deploy();
    const takeOver: Operation = { target: registry, name: "setAuthority", args: [manager.target] };
    await expectRefused(send(deployer, registry, "setAuthority", manager.target), "AccessManagedUnauthorized");
    await expectRefused(execute(deployer, takeOver), "AccessManagerNotScheduled");
    await schedule(deployer, takeOver);
    await expectRefused(cancel(guardian, deployer, takeOver), "AccessManagerUnauthorizedCancel");
    await chain.networkHelpers.time.increase(DEFAULT_DELAY - 60);
    await expectRefused(execute(deployer, takeOver), "AccessManagerNotReady");
    await chain.networkHelpers.time.increase(60);
    await execute(deployer, takeOver);
  });

  it("lets the admin shorten its delay only after the old one has passed twice", async () => {
    await deploy();
    const shorten: Operation = { target: manager, name: "grantRole", args: [ROLES.admin, deployer.address, 0] };
    await schedule(deployer, shorten);
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await execute(deployer, shorten);
    await expectRefused(
      send(deployer, manager, "grantRole", ROLES.governor, accomplice, 0),
      "AccessManagerNotScheduled",
    );
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await send(deployer, manager, "grantRole", ROLES.governor, accomplice, 0);
  });

  it("makes a new admin without a delay of its own wait for the role, and then for the registry's", async () => {
    await deploy();
    await chain.networkHelpers.time.increase(5 * 24 * 3600);
    const admit: Operation = { target: manager, name: "grantRole", args: [ROLES.admin, thief.address, 0] };
    await schedule(deployer, admit);
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await execute(deployer, admit);
    const close = () => send(thief, manager, "setTargetClosed", registry.target, true);
    await expectRefused(close(), "AccessManagerUnauthorizedAccount");
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await expectRefused(close(), "AccessManagerNotScheduled");
  });

  it("prints for an admin who does not sign exactly the calls that are left to it", async () => {
    const admin = person("multisig");
    const lines = await deploy({ admin: admin.address });
    expect(lines.filter((line) => line.startsWith("done"))).to.deep.equal([]);
    const left = lines.filter((line) => line.startsWith("left to the admin"));
    expect(requests(lines)).to.have.length(left.length);
    const before = (await checkDeployment(chain.ethers.provider, deployment)).differences;
    expect(before.join()).to.include("AttesterRegistry.addAttester needs the role ADMIN, not GOVERNOR");
    const multisig = await signerOf(admin);
    for (const { to, data } of requests(lines)) await (await multisig.sendTransaction({ to, data })).wait();
    expect((await checkDeployment(chain.ethers.provider, deployment)).differences).to.deep.equal([]);
    expect(requests(await deploy({ admin: admin.address }))).to.deep.equal([]);
    expect(await isAttester(attester.address)).to.equal(true);
  });

  it("prints for a governor under the delay what to announce, then from when it may be executed", async () => {
    await deploy();
    const attesters = [attester, { address: accomplice, endpoint: "" }];
    const announced = await deploy({ attesters });
    expect(announced.join("\n")).to.include(`left to the governor ${governor.address}, who must announce it`);
    const [announce, carryOut] = requests(announced);
    const signer = await signerOf(governor);
    await (await signer.sendTransaction(announce!)).wait();
    const waiting = await deploy({ attesters });
    expect(waiting.join("\n")).to.match(/who announced it and may execute it from \d{4}-\d\d-\d\dT/);
    expect(requests(waiting)).to.deep.equal([carryOut]);
    await chain.networkHelpers.time.increase(DEFAULT_DELAY);
    await (await signer.sendTransaction(carryOut!)).wait();
    expect(await isAttester(accomplice)).to.equal(true);
    expect(requests(await deploy({ attesters }))).to.deep.equal([]);
  });

  it("refuses a quorum that the attesters could not reach, a role for nobody, and an attester twice", async () => {
    await expectRefused(deploy({ quorum: 2 }), "A quorum of 2 is more than the 1 attesters");
    await expectRefused(deploy({ admin: ZeroAddress }), "the zero address");
    await expectRefused(deploy({ guardian: ZeroAddress }), "The guardian cannot be the zero address");
    await expectRefused(deploy({ attesters: [attester, attester] }), `${attester.address} is named twice`);
  });

  for (const when of ["before", "after", "waiting"] as const) {
    it(`is finished by another run where one was cut off at any of its transactions (${when})`, async () => {
      const attesters = [attester, { address: accomplice, endpoint: "" }];
      const settings = { attesters, quorum: 2 };
      const { networkHelpers } = chain;
      const empty = await networkHelpers.takeSnapshot();
      const nonce = () => chain.ethers.provider.getTransactionCount(deployer.address);
      await deploy(settings);
      const [transactions, whole] = [await nonce(), await checkDeployment(chain.ethers.provider, deployment)];
      // The proxy's ether, the contracts, two attesters, the quorum, and governance in one.
      expect(transactions).to.equal(1 + Object.keys(deployment.contracts).length + 2 + 1 + 1);
      for (let nth = 1; nth <= transactions; nth++) {
        await empty.restore();
        const signer = cutOff(chain.signer, nth, when);
        await expectRefused(deploySyngraph({ ...options(settings), signer }), "cut off");
        await deploy(settings);
        expect(await nonce(), `cut off at ${nth}`).to.equal(transactions);
        expect(await checkDeployment(chain.ethers.provider, deployment)).to.deep.equal(whole);
        expect(await registry.getFunction("quorumOf").staticCall(id("github"))).to.equal(2n);
      }
    });
  }
});

import { l1FeeOf } from "@syngraph/sdk/chain";
import { type Provider, formatUnits } from "ethers";

import { CREATE2_PROXY, PROXY_COST, creationRequest, hasCode, requireCancun } from "./create2.ts";
import { governanceSettings, refuseDevAccounts } from "./deploy.ts";
import type { DeploySettings } from "./deploySettings.ts";
import { FRESH_STATE, Governance, missingCalls } from "./governance.ts";
import { multicall, permission } from "./governanceCalls.ts";
import { LOCAL_CHAIN_ID, currencyOf } from "./networks.ts";
import { addressesOf, planContracts } from "./plan.ts";

export interface DryRunOptions extends DeploySettings {
  provider: Provider;
  payer: string;
  local: boolean;
  log: (line: string) => void;
}

/** What a deployment would do and cost. */
export interface DryRun {
  /** In wei, of what could be estimated. */
  cost: bigint;
  balance: bigint;
}

/** Says what a deployment would do and cost, and neither sends nor writes anything. */
export async function dryRun(options: DryRunOptions): Promise<DryRun> {
  const { provider, payer, log } = options;
  const chainId = Number((await provider.getNetwork()).chainId);
  const local = options.local || chainId === LOCAL_CHAIN_ID;
  const settings = governanceSettings(options, payer, local);
  refuseDevAccounts(settings, payer, chainId, local);
  const planned = await planContracts(settings.admin);
  await requireCancun(provider);

  const price = new Price(provider, payer, chainId, (await provider.getFeeData()).gasPrice ?? 0n);
  const balance = await provider.getBalance(payer);
  log(`dry run on chain ${chainId}: nothing is sent or written`);
  log(`the payer ${payer} has ${price.words(balance)}; gas costs ${formatUnits(price.perGas, "gwei")} gwei`);

  let cost = 0n;
  const proxyStands = await hasCode(provider, CREATE2_PROXY);
  if (!proxyStands) {
    cost += PROXY_COST;
    log(`deterministic deployment proxy: to deploy, ${price.words(PROXY_COST)}`);
  }
  const standing = new Set<string>();
  for (const { name, address, initCode } of planned) {
    if (await hasCode(provider, address)) {
      standing.add(name);
      log(`${name} ${address}: stands`);
    } else {
      // Without the proxy, what it costs to create the same without it, which is nearly the same.
      const estimate = await price.of(proxyStands ? creationRequest(initCode) : { data: initCode });
      cost += estimate.cost;
      log(`${name} ${address}: to deploy, ${estimate.words}`);
    }
  }

  const addresses = addressesOf(planned);
  const governed = standing.has("AccessManager") && standing.has("AttesterRegistry");
  const governance = await Governance.at(addresses, provider);
  const state = governed ? await governance.read(settings, 0) : FRESH_STATE;
  const calls = await missingCalls(state, settings, addresses);
  if (calls.length > 0)
    log(`governance, calls to make: ${calls.length}${governed ? "" : ", to be priced once the contracts stand"}`);
  const ofManager = [];
  for (const call of calls) {
    log(`  ${call.text}`);
    if (!governed || !(await permission(governance, payer, call)).immediate) continue;
    if (call.contract === "AccessManager") ofManager.push(call);
    else cost += (await price.of({ to: call.target, data: call.data })).cost;
  }
  if (ofManager.length > 0) cost += (await price.of(multicall(governance, ofManager))).cost;
  log(
    `together about ${price.words(cost)}, ${balance >= cost ? "which the payer has" : `for which the payer lacks ${price.words(cost - balance)}`}`,
  );
  return { cost, balance };
}

/** What transactions cost one payer on one chain. */
class Price {
  readonly perGas: bigint;
  readonly #provider: Provider;
  readonly #payer: string;
  readonly #chainId: number;

  constructor(provider: Provider, payer: string, chainId: number, perGas: bigint) {
    this.#provider = provider;
    this.#payer = payer;
    this.#chainId = chainId;
    this.perGas = perGas;
  }

  async of(request: { to?: string; data: string }): Promise<{ cost: bigint; words: string }> {
    const gas = await this.#provider.estimateGas({ ...request, from: this.#payer });
    const priced = { ...request, chainId: this.#chainId, gasLimit: gas, gasPrice: this.perGas };
    const below = await l1FeeOf(this.#provider, priced);
    const cost = gas * this.perGas + (below ?? 0n);
    const words = `${gas} gas, ${this.words(gas * this.perGas)}`;
    return { cost, words: below === undefined ? words : `${words} and ${this.words(below)} for the chain below` };
  }

  words(wei: bigint): string {
    return `${formatUnits(wei)} ${currencyOf(this.#chainId)}`;
  }
}

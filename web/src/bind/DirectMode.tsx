import { type Binding, SyngraphError } from "@syngraph/sdk";
import { type DirectEstimate, DirectRegistry } from "@syngraph/sdk/chain";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Wallets, useSyngraph, useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";
import { chainName } from "../ui/explorer.ts";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { ether, gwei } from "./amounts.ts";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";
import { WalletButtons } from "./WalletButtons.tsx";

type Connected = NonNullable<Wallets["connected"]>;

/** Brings the link on chain from the reader's own wallet: what it costs is shown before anything is sent. */
export function DirectMode({ binding }: { binding: Binding }) {
  const { t } = useTranslation("bind");
  const syngraph = useSyngraph();
  const { wallets, connected, connect } = useWallets();
  const task = useTask();
  const request = useQuery({
    queryKey: ["chain"],
    queryFn: async ({ signal }) => {
      const { chain } = await syngraph.client.health({ signal });
      if (chain === null) throw new SyngraphError("bad_reply", 200, "the server does not say which registry it serves");
      return chain;
    },
    staleTime: Infinity,
  });

  if (!connected) {
    if (wallets.length === 0) return <p className="soft">{t("direct.noWallet")}</p>;
    return (
      <>
        <WalletButtons
          words={(name) => t("direct.connect", { name })}
          busy={task.busy}
          onChoose={(uuid) => void task.run(() => connect(uuid))}
        />
        <Trouble error={task.error} />
      </>
    );
  }
  return (
    <Waiting request={request} lines={2}>
      {({ chain_id: chainId, proof_registry: registry }) =>
        connected.chainId === chainId ? (
          <Sending key={connected.address} binding={binding} wallet={connected} registry={registry} chainId={chainId} />
        ) : (
          <OtherChain wallet={connected} chainId={chainId} registry={registry} />
        )
      }
    </Waiting>
  );
}

/** Asks the wallet to go to the registry's chain (EIP-3326): only when the reader presses the button. */
function OtherChain({ wallet, chainId, registry }: { wallet: Connected; chainId: number; registry: string }) {
  const { t } = useTranslation("bind");
  const { connect } = useWallets();
  const task = useTask();
  const expected = chainName(chainId) ?? String(chainId);
  const actual = chainName(wallet.chainId) ?? String(wallet.chainId);
  return (
    <>
      <Notice
        tone="wait"
        live="status"
        actions={
          <Button
            busy={task.busy}
            onClick={() =>
              void task.run(async () => {
                await DirectRegistry.connect(wallet.provider, { registry, chainId, account: wallet.address });
                // Not every wallet tells of the change by itself.
                await connect(wallet.info.uuid);
              })
            }
          >
            {t("direct.switch", { expected })}
          </Button>
        }
      >
        <p>{t("direct.wrongChain", { name: wallet.info.name, actual, expected })}</p>
      </Notice>
      <Trouble error={task.error} />
    </>
  );
}

function Sending(props: { binding: Binding; wallet: Connected; registry: string; chainId: number }) {
  const { t } = useTranslation("bind");
  const { binding } = props;
  const request = useQuery({
    queryKey: ["attestations", binding.link.uuid],
    queryFn: ({ signal }) => binding.attestations({ signal }),
    gcTime: 0,
  });
  return (
    <Waiting request={request} what={t("direct.estimating")}>
      {(attestations) => <Priced {...props} attestations={attestations} />}
    </Waiting>
  );
}

function Priced({
  binding,
  wallet,
  registry: address,
  chainId,
  attestations,
}: {
  binding: Binding;
  wallet: Connected;
  registry: string;
  chainId: number;
  attestations: Awaited<ReturnType<Binding["attestations"]>>;
}) {
  const { t } = useTranslation(["bind", "common", "errors"]);
  const task = useTask();
  const [registry, setRegistry] = useState<DirectRegistry | null>(null);
  const request = useQuery({
    queryKey: ["estimate", binding.link.uuid, wallet.address, chainId],
    queryFn: async () => {
      const of = { registry: address, chainId, account: wallet.address };
      const direct = await DirectRegistry.connect(wallet.provider, of);
      const { link, signature, cosignature } = binding;
      const signed = { link, signature, cosignature, proofLocation: attestations?.proof_location ?? "" };
      setRegistry(direct);
      return direct.estimate(signed, attestations ?? undefined);
    },
    // A price of a minute ago is none.
    gcTime: 0,
  });
  const isAway = request.error instanceof SyngraphError && ["network", "timeout"].includes(request.error.code);
  if (isAway) {
    return (
      <Notice
        tone="bad"
        live="alert"
        title={t("direct.unreachable")}
        actions={
          <Button icon="refresh" busy={request.isFetching} onClick={() => void request.refetch()}>
            {t("common:retry")}
          </Button>
        }
      >
        <p className="detail" lang="en">
          <bdi>{request.error?.message}</bdi>
        </p>
      </Notice>
    );
  }
  if (request.error instanceof SyngraphError && request.error.code === "wallet_undeployed") {
    const deploy = async (signal: AbortSignal) => {
      await (await registry!.deployWallet(binding))?.wait({ signal });
      await request.refetch();
    };
    return (
      <>
        <Notice
          tone="wait"
          live="status"
          title={t("errors:wallet_undeployed")}
          actions={
            <Button icon="wallet" busy={task.busy} onClick={() => void task.run(deploy)}>
              {t("direct.deploy")}
            </Button>
          }
        >
          <p>{t("direct.deployWhat")}</p>
        </Notice>
        <Trouble error={task.error} />
      </>
    );
  }
  return (
    <Waiting request={request} what={t("direct.estimating")}>
      {(estimate) => (
        <>
          <Cost estimate={estimate} wallet={wallet} chainId={chainId} />
          {estimate.outcome === "claimed" && (
            <Notice tone="wait">
              <p>{t("direct.claimOnly")}</p>
            </Notice>
          )}
          {estimate.balance < estimate.cost && (
            <Notice tone="bad" live="alert">
              <p>{t("direct.poor")}</p>
            </Notice>
          )}
          <div className="actions">
            <Button look="quiet" icon="refresh" busy={request.isFetching} onClick={() => void request.refetch()}>
              {t("direct.anew")}
            </Button>
            <Button
              look="primary"
              icon="wallet"
              busy={task.busy}
              disabled={registry === null || estimate.balance < estimate.cost}
              onClick={() => void task.run(async (signal) => void (await binding.submitDirect(registry!, { signal })))}
            >
              {task.busy
                ? t("direct.waitingWallet", { name: wallet.info.name })
                : t("direct.confirm", { amount: ether(estimate.cost) })}
            </Button>
          </div>
          <Trouble error={task.error} />
        </>
      )}
    </Waiting>
  );
}

function Cost({ estimate, wallet, chainId }: { estimate: DirectEstimate; wallet: Connected; chainId: number }) {
  const { t, i18n } = useTranslation("bind");
  const { gas, gasPrice, l1Fee, cost, balance } = estimate;
  return (
    <Facts
      of={[
        [
          t("direct.connected"),
          <span key="wallet" className="cluster">
            <bdi>{wallet.info.name}</bdi> <KeyText text={wallet.address} />
          </span>,
        ],
        [t("direct.chain"), chainName(chainId) ?? String(chainId)],
        [t("direct.gas"), t("direct.gasAmount", { amount: gas.toLocaleString(i18n.language) })],
        [t("direct.gasPrice"), t("direct.gwei", { amount: gwei(gasPrice) })],
        l1Fee > 0n && [t("direct.l1"), t("direct.eth", { amount: ether(l1Fee) })],
        [t("direct.cost"), <strong key="cost">{t("direct.eth", { amount: ether(cost) })}</strong>],
        [t("direct.balance"), t("direct.eth", { amount: ether(balance) })],
      ]}
    />
  );
}

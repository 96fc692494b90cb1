import { useQuery } from "@tanstack/react-query";
import { checkChains } from "@syngraph/sdk/client";
import { parsePublicKey } from "@syngraph/sdk/protocol";
import { useTranslation } from "react-i18next";

import { fetchAvatar } from "../home/registry.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { BindingTable } from "./BindingTable.tsx";
import { ProofChain } from "./ProofChain.tsx";
import { Verdict } from "./Verdict.tsx";

/**
 * One avatar: its key, its bindings, and its proof chain checked here.
 *
 * @param publicKey compressed.
 * @param within whether a page with a heading of its own shows it.
 */
export function AvatarPage({ publicKey, within = false }: { publicKey: string; within?: boolean }) {
  const { t } = useTranslation("avatar");
  const request = useQuery({
    queryKey: ["avatar", publicKey],
    queryFn: async ({ signal }) => {
      const record = await fetchAvatar(publicKey, signal);
      return (
        record && {
          bindings: record.avatar.bindings,
          chains: await checkChains(record.items, publicKey, { signal }),
        }
      );
    },
  });
  const level = within ? 3 : 2;
  return (
    <article aria-label={t("title")} className="stack">
      {within ? (
        <h2>{t("title")}</h2>
      ) : (
        <PageHeading
          title={t("heading")}
          lead={t("lead")}
          actions={
            <>
              <LinkButton href={`/avatar/${publicKey}`} icon="user">
                {t("profile")}
              </LinkButton>
              <LinkButton href={`/graph/nextid/${publicKey}`} icon="graph">
                {t("graph")}
              </LinkButton>
            </>
          }
        />
      )}
      <Keys publicKey={publicKey} />
      <Waiting request={request} what={t("loading")} lines={6}>
        {(avatar) =>
          avatar ? (
            <>
              <Verdict chains={avatar.chains} />
              <BindingTable bindings={avatar.bindings} chains={avatar.chains} level={level} />
              {avatar.chains.map((chain) => (
                <ProofChain key={chain.chainId} chain={chain} level={level} />
              ))}
            </>
          ) : (
            <Card>
              <div role="status">
                <EmptyState icon="link" title={t("none.title")}>
                  {t("none.text")}
                </EmptyState>
              </div>
            </Card>
          )
        }
      </Waiting>
    </article>
  );
}

function Keys({ publicKey }: { publicKey: string }) {
  const { t } = useTranslation("avatar");
  // Reckoned here: nothing that names the avatar is taken from the API.
  const { address } = parsePublicKey(publicKey);
  return (
    <Card>
      <Facts
        of={[
          [t("publicKey"), <KeyText key="key" text={publicKey} wide copy={t("copy.publicKey")} />],
          [t("address"), <KeyText key="address" text={address} wide copy={t("copy.address")} />],
        ]}
      />
    </Card>
  );
}

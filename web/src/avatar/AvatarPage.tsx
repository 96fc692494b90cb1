import { useQuery } from "@tanstack/react-query";
import { parsePublicKey } from "@syngraph/sdk/protocol";

import { fetchAvatar } from "../home/registry.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { BindingTable } from "./BindingTable.tsx";
import { checkChains } from "./checkChains.ts";
import { ProofChain } from "./ProofChain.tsx";
import { Verdict } from "./Verdict.tsx";

/**
 * One avatar: its key, its bindings, and its proof chain checked here.
 *
 * @param within whether a page with a heading of its own shows it.
 */
export function AvatarPage({ publicKey, within = false }: { publicKey: string; within?: boolean }) {
  const request = useQuery({
    queryKey: ["avatar", publicKey],
    queryFn: async ({ signal }) => {
      const record = await fetchAvatar(publicKey, signal);
      return record && { bindings: record.avatar.bindings, chains: checkChains(record.items, publicKey) };
    },
  });
  return (
    <article aria-label="Avatar">
      {within ? <h3>Avatar</h3> : <PageHeading title={`Avatar ${publicKey.slice(0, 10)}…`}>Avatar</PageHeading>}
      <Keys publicKey={publicKey} />
      <Waiting request={request}>
        {(avatar) =>
          avatar ? (
            <>
              <Verdict chains={avatar.chains} />
              <BindingTable bindings={avatar.bindings} chains={avatar.chains} />
              {avatar.chains.map((chain) => (
                <ProofChain key={chain.chainId} chain={chain} />
              ))}
            </>
          ) : (
            <p role="status">This key has no links in the registry.</p>
          )
        }
      </Waiting>
    </article>
  );
}

function Keys({ publicKey }: { publicKey: string }) {
  // Reckoned here: nothing that names the avatar is taken from the API.
  const { address } = parsePublicKey(publicKey);
  return (
    <dl className="facts card">
      <dt>Public key</dt>
      <dd>
        <span className="key">{publicKey}</span>
        <CopyButton text={publicKey} of="public key" />
      </dd>
      <dt>Address</dt>
      <dd>
        <span className="key">{address}</span>
        <CopyButton text={address} of="address" />
      </dd>
    </dl>
  );
}

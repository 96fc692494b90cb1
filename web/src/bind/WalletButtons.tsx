import { useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";

interface Choice {
  /** What the button says, of the wallet's name. */
  words: (name: string) => string;
  busy: boolean;
  onChoose: (id: string) => void;
}

/** A button for each wallet of this browser (EIP-6963). */
export function WalletButtons(choice: Choice) {
  const { wallets } = useWallets();
  return <NamedWallets wallets={wallets.map(({ info: { uuid: id, name } }) => ({ id, name }))} {...choice} />;
}

/** A button for each of these wallets. */
export function NamedWallets({
  wallets,
  words,
  busy,
  onChoose,
}: Choice & { wallets: readonly { id: string; name: string }[] }) {
  return (
    <ul className="wallets">
      {wallets.map(({ id, name }) => (
        <li key={id}>
          {/* The wallet's own picture is a data: address, which the policy of this page does not load. */}
          <Button icon="wallet" busy={busy} onClick={() => onChoose(id)}>
            <bdi>{words(name)}</bdi>
          </Button>
        </li>
      ))}
    </ul>
  );
}

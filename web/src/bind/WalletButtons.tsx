import { useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";

/**
 * A button for each wallet of this browser.
 *
 * @param words what the button says, of the wallet's name.
 */
export function WalletButtons({
  words,
  busy,
  onChoose,
}: {
  words: (name: string) => string;
  busy: boolean;
  onChoose: (uuid: string) => void;
}) {
  const { wallets } = useWallets();
  return (
    <ul className="wallets">
      {wallets.map(({ info }) => (
        <li key={info.uuid}>
          {/* The wallet's own picture is a data: address, which the policy of this page does not load. */}
          <Button icon="wallet" busy={busy} onClick={() => onChoose(info.uuid)}>
            <bdi>{words(info.name)}</bdi>
          </Button>
        </li>
      ))}
    </ul>
  );
}

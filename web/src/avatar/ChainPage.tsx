import { parsePublicKey } from "@syngraph/sdk/protocol";

import { useParam } from "../app/location.ts";
import { MissingPage } from "../app/MissingPage.tsx";
import { AvatarPage } from "./AvatarPage.tsx";

/** `/avatar/:key/chain`: an avatar's proof chain, checked here. */
export function ChainPage() {
  const key = compressed(useParam("key"));
  return key === undefined ? <MissingPage /> : <AvatarPage publicKey={key} />;
}

function compressed(key: string): string | undefined {
  try {
    return parsePublicKey(key).compressed;
  } catch {
    return undefined;
  }
}

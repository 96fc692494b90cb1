import type { Vertex } from "@syngraph/sdk/client";

import { Identity } from "./Identity.tsx";
import { KeyText } from "./KeyText.tsx";
import { Platform } from "./Platform.tsx";

/** Longer names are keys and addresses, whose middle tells nobody anything. */
const LONG = 24;

/** An identity in one line, where there is not room for all of a key. */
export function ShortIdentity({ of }: { of: Vertex }) {
  if (of.identity.length <= LONG) return <Identity of={of} />;
  return (
    <span className="identity">
      <Platform platform={of.platform} />{" "}
      <bdi>
        <KeyText text={of.identity} />
      </bdi>
    </span>
  );
}

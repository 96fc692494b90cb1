import { ensName } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readRecordProof } from "./published.ts";

/**
 * A name of the Ethereum Name Service, by a text record of its own (ENSIP-5). Names expire and are sold: whose the name is
 * now is the account.
 */
export const ens = definePlatform({
  id: "ens",
  name: "ENS",
  identity: {
    rule: "an ENS name, normalised (ENSIP-15), of two to ten labels",
    shapes: [
      /^(?:ens:)?([^\s/:?#"\\<>&]+\.[^\s/:?#"\\<>&]+)$/,
      /^(?:https?:\/\/)?app\.ens\.domains\/(?:name\/)?([^\s/:?#"\\<>&]+\.[^\s/:?#"\\<>&]+)\/?(?:[?#][!-~]*)?$/,
    ],
    normalForm: ensName,
  },
  uri: "https://app.ens.domains/{identity}",
  compose: "https://app.ens.domains/{identity}?tab=records",
  template: "ps:true;v:1;sig:%SIG_BASE64%;ca:{created_at};uuid:{uuid};prev:{prev}",
  lookup: {
    kind: "ens",
    record: "id.next.proof",
    extract: ({ accountId, facts }, { link }) => ({
      ...{ noun: "the name", handle: link.identity, accountId, facts },
      title: `text record id.next.proof of ${link.identity}`,
      // The next proof takes the place of the last one: that is then not there any more, and not wrong.
      several: true,
      texts: [],
    }),
  },
  readProof: readRecordProof,
});

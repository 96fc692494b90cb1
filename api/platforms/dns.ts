import { hostName } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { readRecordProof } from "./published.ts";
import type { Claim, Post } from "./types.ts";

/** A domain, by a TXT record at its own name (RFC 1035). Whoever controls the zone is the account; it has no other id. */
export const dns = definePlatform({
  id: "dns",
  name: "DNS",
  identity: {
    rule: "a domain name",
    // Other letters pass here: the normal form turns them into A-labels, or refuses them.
    shapes: [
      /^((?:[A-Za-z0-9.-]|[^\u0000-\u007f\s])+)$/,
      /^(?:https?:\/\/|dns:)((?:[A-Za-z0-9.-]|[^\u0000-\u007f\s])+)\/?$/,
    ],
    normalForm: hostName,
  },
  // RFC 4501.
  uri: (name) => `dns:${name}`,
  template: "ps:true;v:1;sig:%SIG_BASE64%;ca:{created_at};uuid:{uuid};prev:{prev}",
  lookup: { kind: "dns", extract: readRecords },
  readProof: readRecordProof,
});

function readRecords(records: readonly (readonly string[])[], { link }: Claim): Post {
  return {
    noun: "the name",
    handle: link.identity,
    accountId: link.identity,
    title: `TXT record of ${link.identity}`,
    several: true,
    // A record longer than 255 bytes comes as several strings that belong together.
    texts: records.map((strings) => strings.join("")),
  };
}

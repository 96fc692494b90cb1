import { type Abi, parseAbi } from "viem";

import { type Names, child, dnsName, records } from "./names.ts";
import { type Handler, type SourceContract, contract } from "./source.ts";

/** The contracts that ENS and those built as it is have in common, each with what its events mean. */

/** EIP-137. The `old` one counts for nodes that the new one does not have. */
export function registry(names: Names, age: "new" | "old" = "new"): SourceContract {
  return contract(
    parseAbi([
      "event NewOwner(bytes32 indexed node, bytes32 indexed label, address owner)",
      "event Transfer(bytes32 indexed node, address owner)",
      "event NewResolver(bytes32 indexed node, address resolver)",
    ]),
    {
      NewOwner: async (event, context) => {
        const { node: parent, label, owner } = event.args;
        await names.own(context, event, { node: child(parent, label), owner, parent, label }, age);
      },
      Transfer: (event, context) => names.own(context, event, event.args, age),
      NewResolver: (event, context) => names.resolveBy(context, event, event.args.node, event.args.resolver, age),
    },
    age === "new" ? "required" : undefined,
  );
}

/** The ERC-721 tokens of the names that are sold. */
export function registrar(names: Names): SourceContract {
  return contract(
    parseAbi([
      "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
      "event NameRegistered(uint256 indexed id, address indexed owner, uint256 expires)",
      "event NameRegisteredWithRecord(uint256 indexed id, address indexed owner, uint256 expires, address resolver, uint64 ttl)",
      "event NameMigrated(uint256 indexed id, address indexed owner, uint256 expires)",
      "event NameRenewed(uint256 indexed id, uint256 expires)",
    ]),
    {
      Transfer: (event, context) => names.transfer(context, event, event.args.tokenId, event.args.to),
      NameRegistered: (event, context) =>
        names.register(context, event, { token: event.args.id, expires: event.args.expires, isNew: true }),
      NameRegisteredWithRecord: (event, context) =>
        names.register(context, event, { token: event.args.id, expires: event.args.expires, isNew: true }),
      NameMigrated: (event, context) =>
        names.register(context, event, { token: event.args.id, expires: event.args.expires, isNew: true }),
      NameRenewed: (event, context) =>
        names.register(context, event, { token: event.args.id, expires: event.args.expires, isNew: false }),
    },
  );
}

/** What spells out the names that it sells, first in each of its events: the registrar knows hashes only. */
export function controller(names: Names, sells: string, abi: Abi): SourceContract {
  const learn: Handler = (event, context) => {
    const { name } = event.args as { name: string };
    return names.learn(context, event, `${name}.${sells}`);
  };
  return { abi, handlers: Object.fromEntries(abi.flatMap((it) => (it.type === "event" ? [[it.name, learn]] : []))) };
}

/** The ERC-1155 tokens of wrapped names. */
export function wrapper(names: Names): SourceContract {
  return contract(
    parseAbi([
      "event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)",
      "event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)",
      "event NameWrapped(bytes32 indexed node, bytes name, address owner, uint32 fuses, uint64 expiry)",
      "event NameUnwrapped(bytes32 indexed node, address owner)",
      "event FusesSet(bytes32 indexed node, uint32 fuses)",
      "event ExpiryExtended(bytes32 indexed node, uint64 expiry)",
    ]),
    {
      TransferSingle: async (event, context) => {
        await names.wrap(context, event, nodeOf(event.args.id), { owner: event.args.to });
      },
      TransferBatch: async (event, context) => {
        for (const id of event.args.ids) await names.wrap(context, event, nodeOf(id), { owner: event.args.to });
      },
      NameWrapped: async (event, context) => {
        await names.wrap(context, event, event.args.node, event.args);
        const name = dnsName(event.args.name);
        if (name !== null) await names.learn(context, event, name);
      },
      NameUnwrapped: (event, context) => names.wrap(context, event, event.args.node, { owner: null }),
      FusesSet: (event, context) => names.wrap(context, event, event.args.node, { fuses: event.args.fuses }),
      ExpiryExtended: (event, context) => names.wrap(context, event, event.args.node, { expiry: event.args.expiry }),
    },
  );
}

/** Resolvers, which are whosever: what they say counts where and while the registry names them. */
export function resolvers(names: Names): SourceContract {
  return contract(
    parseAbi([
      "event AddrChanged(bytes32 indexed node, address a)",
      "event NameChanged(bytes32 indexed node, string name)",
      // That of the first public resolver has no value: what it says is not on the chain's logs.
      "event TextChanged(bytes32 indexed node, string indexed indexedKey, string key, string value)",
      "event VersionChanged(bytes32 indexed node, uint64 newVersion)",
    ]),
    {
      AddrChanged: (event, context) => names.record(context, event, event.args.node, records.address(event.args.a)),
      NameChanged: async (event, context) => {
        await names.record(context, event, event.args.node, records.name(event.args.name));
        await names.learn(context, event, event.args.name);
      },
      TextChanged: (event, context) =>
        names.record(context, event, event.args.node, records.text(event.args.key, event.args.value)),
      VersionChanged: (event, context) => names.record(context, event, event.args.node, records.none),
    },
    "anywhere",
  );
}

/** EIP-181: tells whose reverse records the nodes are. */
export function reverseRegistrar(names: Names): SourceContract {
  return contract(
    parseAbi([
      "event ReverseClaimed(address indexed addr, bytes32 indexed node)",
      "event BaseReverseClaimed(address indexed addr, bytes32 indexed node)",
    ]),
    {
      ReverseClaimed: (event, context) => names.claimReverse(context, event, event.args.node, event.args.addr),
      BaseReverseClaimed: (event, context) => names.claimReverse(context, event, event.args.node, event.args.addr),
    },
  );
}

/** ENSIP-19: keeps what addresses are called by itself. */
export function primaryNames(names: Names): SourceContract {
  return contract(parseAbi(["event NameForAddrChanged(address indexed addr, string name)"]), {
    NameForAddrChanged: (event, context) => names.nameAddress(context, event, event.args.addr, event.args.name),
  });
}

function nodeOf(token: bigint): `0x${string}` {
  return `0x${token.toString(16).padStart(64, "0")}`;
}

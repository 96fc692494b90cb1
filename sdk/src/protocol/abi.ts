/** The contracts' ABIs and code, written by scripts/abi.ts: do not edit. */

export const PROOF_REGISTRY_ABI = [
  {
    inputs: [{ internalType: "contract IAttesterRegistry", name: "attesters", type: "address" }],
    stateMutability: "nonpayable",
    type: "constructor",
  },
  {
    inputs: [
      { internalType: "uint64", name: "checkedAt", type: "uint64" },
      { internalType: "uint64", name: "latest", type: "uint64" },
    ],
    name: "AttestationsCheckedInFuture",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "length", type: "uint256" }],
    name: "AttestationsInvalidLength",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "attester", type: "address" },
      { internalType: "address", name: "previous", type: "address" },
    ],
    name: "AttestationsNotAscending",
    type: "error",
  },
  {
    inputs: [{ internalType: "bytes32", name: "payloadHash", type: "bytes32" }],
    name: "ProofRegistryAlreadyReleased",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint64", name: "createdAt", type: "uint64" },
      { internalType: "uint64", name: "earliest", type: "uint64" },
      { internalType: "uint64", name: "latest", type: "uint64" },
    ],
    name: "ProofRegistryInvalidCreatedAt",
    type: "error",
  },
  {
    inputs: [{ internalType: "bytes32", name: "header", type: "bytes32" }],
    name: "ProofRegistryInvalidHeader",
    type: "error",
  },
  {
    inputs: [{ internalType: "string", name: "identity", type: "string" }],
    name: "ProofRegistryInvalidIdentity",
    type: "error",
  },
  {
    inputs: [{ internalType: "string", name: "identity", type: "string" }],
    name: "ProofRegistryInvalidProof",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "avatar", type: "address" }],
    name: "ProofRegistryInvalidPublicKey",
    type: "error",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "payloadHash", type: "bytes32" },
      { internalType: "bytes32", name: "r", type: "bytes32" },
      { internalType: "bytes32", name: "vs", type: "bytes32" },
    ],
    name: "ProofRegistryInvalidSignature",
    type: "error",
  },
  {
    inputs: [{ internalType: "bytes32", name: "linkId", type: "bytes32" }],
    name: "ProofRegistryNoQuorum",
    type: "error",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { internalType: "enum Status", name: "status", type: "uint8" },
    ],
    name: "ProofRegistryNoSuchBinding",
    type: "error",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "header", type: "bytes32" },
      { internalType: "string", name: "platform", type: "string" },
      { internalType: "bytes32", name: "r", type: "bytes32" },
      { internalType: "bytes32", name: "vs", type: "bytes32" },
    ],
    name: "ProofRegistryNotARelease",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "index", type: "uint256" }],
    name: "ProofRegistryOutOfGas",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes24", name: "head", type: "bytes24" },
    ],
    name: "ProofRegistryStaleHead",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "length", type: "uint256" }],
    name: "ProofRegistryUnexpectedProof",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "position", type: "uint256" }],
    name: "TextInvalidCharacter",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "TextInvalidLength",
    type: "error",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "x", type: "bytes32" },
      { indexed: false, internalType: "bytes32", name: "y", type: "bytes32" },
    ],
    name: "AvatarRegistered",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "wallet", type: "address" },
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
    ],
    name: "AvatarSet",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
      { indexed: false, internalType: "string", name: "proofLocation", type: "string" },
      { indexed: false, internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "BindingConfirmed",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
      { indexed: false, internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "BindingReinstated",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "identityKey", type: "bytes32" },
      {
        components: [
          { internalType: "bytes32", name: "header", type: "bytes32" },
          { internalType: "string", name: "platform", type: "string" },
          { internalType: "string", name: "identity", type: "string" },
          { internalType: "bytes32", name: "previousR", type: "bytes32" },
          { internalType: "bytes32", name: "previousS", type: "bytes32" },
          { internalType: "bytes32", name: "r", type: "bytes32" },
          { internalType: "bytes32", name: "vs", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyX", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyY", type: "bytes32" },
          { internalType: "bytes", name: "proof", type: "bytes" },
          { internalType: "string", name: "proofLocation", type: "string" },
        ],
        indexed: false,
        internalType: "struct Submission",
        name: "release",
        type: "tuple",
      },
    ],
    name: "BindingReleased",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
      { indexed: false, internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "BindingSuspended",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: false, internalType: "bytes", name: "previous", type: "bytes" },
    ],
    name: "ChainImported",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint256", name: "index", type: "uint256" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
    ],
    name: "ConfirmationRefused",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: false, internalType: "bytes32[]", name: "findings", type: "bytes32[]" },
      { indexed: false, internalType: "uint64", name: "checkedAt", type: "uint64" },
      { indexed: false, internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "FindingsAttested",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
      { indexed: true, internalType: "bytes32", name: "identityKey", type: "bytes32" },
      { indexed: false, internalType: "bytes32", name: "header", type: "bytes32" },
      { indexed: false, internalType: "string", name: "platform", type: "string" },
      { indexed: false, internalType: "string", name: "identity", type: "string" },
      { indexed: false, internalType: "bytes32", name: "r", type: "bytes32" },
      { indexed: false, internalType: "bytes32", name: "vs", type: "bytes32" },
      { indexed: false, internalType: "bytes", name: "proof", type: "bytes" },
      { indexed: false, internalType: "string", name: "proofLocation", type: "string" },
    ],
    name: "LinkAppended",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint256", name: "index", type: "uint256" },
      { indexed: true, internalType: "bytes32", name: "linkId", type: "bytes32" },
      { indexed: false, internalType: "enum Refusal", name: "reason", type: "uint8" },
    ],
    name: "LinkRefused",
    type: "event",
  },
  {
    inputs: [],
    name: "ATTESTERS",
    outputs: [{ internalType: "contract IAttesterRegistry", name: "", type: "address" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "LEGACY_BEFORE",
    outputs: [{ internalType: "uint64", name: "", type: "uint64" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "NO_PREVIOUS",
    outputs: [{ internalType: "uint8", name: "", type: "uint8" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "bytes32", name: "header", type: "bytes32" },
          { internalType: "string", name: "platform", type: "string" },
          { internalType: "string", name: "identity", type: "string" },
          { internalType: "bytes32", name: "previousR", type: "bytes32" },
          { internalType: "bytes32", name: "previousS", type: "bytes32" },
          { internalType: "bytes32", name: "r", type: "bytes32" },
          { internalType: "bytes32", name: "vs", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyX", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyY", type: "bytes32" },
          { internalType: "bytes", name: "proof", type: "bytes" },
          { internalType: "string", name: "proofLocation", type: "string" },
        ],
        internalType: "struct Submission",
        name: "link",
        type: "tuple",
      },
    ],
    name: "append",
    outputs: [{ internalType: "bytes32", name: "", type: "bytes32" }],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "bytes32", name: "header", type: "bytes32" },
          { internalType: "string", name: "platform", type: "string" },
          { internalType: "string", name: "identity", type: "string" },
          { internalType: "bytes32", name: "previousR", type: "bytes32" },
          { internalType: "bytes32", name: "previousS", type: "bytes32" },
          { internalType: "bytes32", name: "r", type: "bytes32" },
          { internalType: "bytes32", name: "vs", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyX", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyY", type: "bytes32" },
          { internalType: "bytes", name: "proof", type: "bytes" },
          { internalType: "string", name: "proofLocation", type: "string" },
        ],
        internalType: "struct Submission[]",
        name: "links",
        type: "tuple[]",
      },
      { internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "appendBatch",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "wallet", type: "address" }],
    name: "avatarOf",
    outputs: [{ internalType: "address", name: "avatar", type: "address" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { internalType: "bytes32", name: "linkId", type: "bytes32" },
      { internalType: "string", name: "proofLocation", type: "string" },
      { internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "confirm",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "bytes32", name: "bindingKey", type: "bytes32" },
          { internalType: "bytes32", name: "linkId", type: "bytes32" },
          { internalType: "string", name: "proofLocation", type: "string" },
          { internalType: "bytes", name: "account", type: "bytes" },
          { internalType: "uint256", name: "index", type: "uint256" },
        ],
        internalType: "struct Confirmation[]",
        name: "confirmations",
        type: "tuple[]",
      },
      { internalType: "bytes32[]", name: "findings", type: "bytes32[]" },
      { internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "confirmBatch",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "avatar", type: "address" }],
    name: "headOf",
    outputs: [{ internalType: "bytes24", name: "", type: "bytes24" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "string", name: "platform", type: "string" },
      { internalType: "string", name: "identity", type: "string" },
    ],
    name: "isBound",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "avatar", type: "address" }],
    name: "lengthOf",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { internalType: "bytes32", name: "linkId", type: "bytes32" },
      { internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "reinstate",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "bytes32", name: "header", type: "bytes32" },
          { internalType: "string", name: "platform", type: "string" },
          { internalType: "string", name: "identity", type: "string" },
          { internalType: "bytes32", name: "previousR", type: "bytes32" },
          { internalType: "bytes32", name: "previousS", type: "bytes32" },
          { internalType: "bytes32", name: "r", type: "bytes32" },
          { internalType: "bytes32", name: "vs", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyX", type: "bytes32" },
          { internalType: "bytes32", name: "publicKeyY", type: "bytes32" },
          { internalType: "bytes", name: "proof", type: "bytes" },
          { internalType: "string", name: "proofLocation", type: "string" },
        ],
        internalType: "struct Submission",
        name: "link",
        type: "tuple",
      },
    ],
    name: "release",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "avatar", type: "address" }],
    name: "setAvatar",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "string", name: "platform", type: "string" },
      { internalType: "string", name: "identity", type: "string" },
    ],
    name: "statusOf",
    outputs: [
      { internalType: "enum Status", name: "status", type: "uint8" },
      { internalType: "uint64", name: "asOf", type: "uint64" },
      { internalType: "bytes24", name: "link", type: "bytes24" },
    ],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "bindingKey", type: "bytes32" },
      { internalType: "bytes32", name: "linkId", type: "bytes32" },
      { internalType: "bytes", name: "attestations", type: "bytes" },
    ],
    name: "suspend",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
] as const;

export const ATTESTER_REGISTRY_ABI = [
  {
    inputs: [{ internalType: "address", name: "authority", type: "address" }],
    stateMutability: "nonpayable",
    type: "constructor",
  },
  {
    inputs: [{ internalType: "address", name: "authority", type: "address" }],
    name: "AccessManagedInvalidAuthority",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "caller", type: "address" },
      { internalType: "uint32", name: "delay", type: "uint32" },
    ],
    name: "AccessManagedRequiredDelay",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "caller", type: "address" }],
    name: "AccessManagedUnauthorized",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "AttesterRegistryAlreadyAttester",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "AttesterRegistryNotAttester",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "AttesterRegistryRetiredAttester",
    type: "error",
  },
  {
    inputs: [
      { internalType: "string", name: "platform", type: "string" },
      { internalType: "uint16", name: "tag", type: "uint16" },
    ],
    name: "AttesterRegistryTagTaken",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "max", type: "uint256" }],
    name: "AttesterRegistryTooManyAttesters",
    type: "error",
  },
  { inputs: [], name: "AttesterRegistryZeroQuorum", type: "error" },
  {
    inputs: [{ internalType: "uint256", name: "position", type: "uint256" }],
    name: "TextInvalidCharacter",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "TextInvalidLength",
    type: "error",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "attester", type: "address" },
      { indexed: false, internalType: "string", name: "endpoint", type: "string" },
      { indexed: false, internalType: "string", name: "metadata", type: "string" },
    ],
    name: "AttesterAdded",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "attester", type: "address" },
      { indexed: false, internalType: "string", name: "endpoint", type: "string" },
      { indexed: false, internalType: "string", name: "metadata", type: "string" },
    ],
    name: "AttesterProfileSet",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [{ indexed: true, internalType: "address", name: "attester", type: "address" }],
    name: "AttesterRemoved",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [{ indexed: false, internalType: "address", name: "authority", type: "address" }],
    name: "AuthorityUpdated",
    type: "event",
  },
  { anonymous: false, inputs: [], name: "EIP712DomainChanged", type: "event" },
  {
    anonymous: false,
    inputs: [
      { indexed: false, internalType: "string", name: "platform", type: "string" },
      { indexed: false, internalType: "uint256", name: "quorum", type: "uint256" },
    ],
    name: "QuorumSet",
    type: "event",
  },
  {
    inputs: [
      { internalType: "address", name: "attester", type: "address" },
      { internalType: "string", name: "endpoint", type: "string" },
      { internalType: "string", name: "metadata", type: "string" },
    ],
    name: "addAttester",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [],
    name: "attesters",
    outputs: [{ internalType: "address[]", name: "", type: "address[]" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "authority",
    outputs: [{ internalType: "address", name: "", type: "address" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "eip712Domain",
    outputs: [
      { internalType: "bytes1", name: "fields", type: "bytes1" },
      { internalType: "string", name: "name", type: "string" },
      { internalType: "string", name: "version", type: "string" },
      { internalType: "uint256", name: "chainId", type: "uint256" },
      { internalType: "address", name: "verifyingContract", type: "address" },
      { internalType: "bytes32", name: "salt", type: "bytes32" },
      { internalType: "uint256[]", name: "extensions", type: "uint256[]" },
    ],
    stateMutability: "pure",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "isAttester",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "isConsumingScheduledOp",
    outputs: [{ internalType: "bytes4", name: "", type: "bytes4" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "profileOf",
    outputs: [
      { internalType: "string", name: "endpoint", type: "string" },
      { internalType: "string", name: "metadata", type: "string" },
    ],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "attester", type: "address" },
      { internalType: "uint16", name: "tag", type: "uint16" },
    ],
    name: "quorum",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [{ internalType: "string", name: "platform", type: "string" }],
    name: "quorumOf",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "attester", type: "address" }],
    name: "removeAttester",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [{ internalType: "address", name: "newAuthority", type: "address" }],
    name: "setAuthority",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "string", name: "endpoint", type: "string" },
      { internalType: "string", name: "metadata", type: "string" },
    ],
    name: "setProfile",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "string", name: "platform", type: "string" },
      { internalType: "uint16", name: "count", type: "uint16" },
    ],
    name: "setQuorum",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
] as const;

export const SUBKEY_REGISTRY_ABI = [
  { inputs: [], stateMutability: "nonpayable", type: "constructor" },
  { inputs: [], name: "InvalidShortString", type: "error" },
  { inputs: [{ internalType: "string", name: "str", type: "string" }], name: "StringTooLong", type: "error" },
  {
    inputs: [
      { internalType: "uint64", name: "expiresAt", type: "uint64" },
      { internalType: "uint256", name: "timestamp", type: "uint256" },
    ],
    name: "SubkeyRegistryInvalidExpiry",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { internalType: "uint64", name: "nonce", type: "uint64" },
      { internalType: "uint64", name: "expected", type: "uint64" },
    ],
    name: "SubkeyRegistryInvalidNonce",
    type: "error",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { internalType: "bytes32", name: "digest", type: "bytes32" },
    ],
    name: "SubkeyRegistryInvalidPossession",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "length", type: "uint256" }],
    name: "SubkeyRegistryInvalidPublicKey",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "address", name: "recovered", type: "address" },
    ],
    name: "SubkeyRegistryInvalidSignature",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
    ],
    name: "SubkeyRegistryNotAuthorized",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "avatar", type: "address" }],
    name: "SubkeyRegistryOwnKey",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "SubkeyRegistryProofTooLong",
    type: "error",
  },
  {
    inputs: [{ internalType: "string", name: "publicKeyText", type: "string" }],
    name: "SubkeyTextInvalidPublicKey",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "position", type: "uint256" }],
    name: "SubkeyTextInvalidRpIdCharacter",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "SubkeyTextInvalidRpIdLength",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "position", type: "uint256" }],
    name: "TextInvalidCharacter",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "TextInvalidLength",
    type: "error",
  },
  { anonymous: false, inputs: [], name: "EIP712DomainChanged", type: "event" },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { indexed: false, internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
      { indexed: false, internalType: "bytes", name: "publicKey", type: "bytes" },
      { indexed: false, internalType: "string", name: "rpId", type: "string" },
      { indexed: false, internalType: "string", name: "name", type: "string" },
      { indexed: false, internalType: "uint64", name: "expiresAt", type: "uint64" },
      { indexed: false, internalType: "uint64", name: "nonce", type: "uint64" },
      { indexed: false, internalType: "bytes", name: "signature", type: "bytes" },
      { indexed: false, internalType: "bytes", name: "possession", type: "bytes" },
    ],
    name: "SubkeyAuthorized",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { indexed: false, internalType: "bytes", name: "avatarPublicKey", type: "bytes" },
      { indexed: false, internalType: "string", name: "publicKeyText", type: "string" },
    ],
    name: "SubkeyImported",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { indexed: false, internalType: "uint64", name: "nonce", type: "uint64" },
      { indexed: false, internalType: "bytes", name: "proof", type: "bytes" },
    ],
    name: "SubkeyRenounced",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "avatar", type: "address" },
      { indexed: true, internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { indexed: false, internalType: "uint64", name: "nonce", type: "uint64" },
      { indexed: false, internalType: "bytes", name: "signature", type: "bytes" },
    ],
    name: "SubkeyRevoked",
    type: "event",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
    ],
    name: "authorizationOf",
    outputs: [
      { internalType: "uint64", name: "nonce", type: "uint64" },
      { internalType: "uint64", name: "validUntil", type: "uint64" },
    ],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "address", name: "avatar", type: "address" },
          {
            components: [
              { internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
              { internalType: "bytes", name: "publicKey", type: "bytes" },
              { internalType: "string", name: "rpId", type: "string" },
            ],
            internalType: "struct Subkey",
            name: "subkey",
            type: "tuple",
          },
          { internalType: "string", name: "name", type: "string" },
          { internalType: "uint64", name: "expiresAt", type: "uint64" },
          { internalType: "uint64", name: "nonce", type: "uint64" },
        ],
        internalType: "struct SubkeyAuthorization",
        name: "authorization",
        type: "tuple",
      },
      { internalType: "bytes", name: "signature", type: "bytes" },
      { internalType: "bytes", name: "possession", type: "bytes" },
    ],
    name: "authorize",
    outputs: [{ internalType: "bytes32", name: "subkeyId", type: "bytes32" }],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [],
    name: "eip712Domain",
    outputs: [
      { internalType: "bytes1", name: "fields", type: "bytes1" },
      { internalType: "string", name: "name", type: "string" },
      { internalType: "string", name: "version", type: "string" },
      { internalType: "uint256", name: "chainId", type: "uint256" },
      { internalType: "address", name: "verifyingContract", type: "address" },
      { internalType: "bytes32", name: "salt", type: "bytes32" },
      { internalType: "uint256[]", name: "extensions", type: "uint256[]" },
    ],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes", name: "avatarPublicKey", type: "bytes" },
      {
        components: [
          { internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
          { internalType: "bytes", name: "publicKey", type: "bytes" },
          { internalType: "string", name: "rpId", type: "string" },
        ],
        internalType: "struct Subkey",
        name: "subkey",
        type: "tuple",
      },
      { internalType: "string", name: "publicKeyText", type: "string" },
      { internalType: "bytes", name: "signature", type: "bytes" },
      { internalType: "bytes", name: "possession", type: "bytes" },
    ],
    name: "importAuthorization",
    outputs: [{ internalType: "bytes32", name: "subkeyId", type: "bytes32" }],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
    ],
    name: "isValid",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      {
        components: [
          { internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
          { internalType: "bytes", name: "publicKey", type: "bytes" },
          { internalType: "string", name: "rpId", type: "string" },
        ],
        internalType: "struct Subkey",
        name: "subkey",
        type: "tuple",
      },
      { internalType: "bytes32", name: "hash", type: "bytes32" },
      { internalType: "bytes", name: "signature", type: "bytes" },
    ],
    name: "isValidSignature",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      {
        components: [
          { internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
          { internalType: "bytes", name: "publicKey", type: "bytes" },
          { internalType: "string", name: "rpId", type: "string" },
        ],
        internalType: "struct Subkey",
        name: "subkey",
        type: "tuple",
      },
      { internalType: "uint64", name: "nonce", type: "uint64" },
      { internalType: "bytes", name: "proof", type: "bytes" },
    ],
    name: "renounce",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [{ internalType: "bytes32", name: "subkeyId", type: "bytes32" }],
    name: "revoke",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "avatar", type: "address" },
      { internalType: "bytes32", name: "subkeyId", type: "bytes32" },
      { internalType: "uint64", name: "nonce", type: "uint64" },
      { internalType: "bytes", name: "signature", type: "bytes" },
    ],
    name: "revokeBySig",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      {
        components: [
          { internalType: "enum SubkeyAlgorithm", name: "algorithm", type: "uint8" },
          { internalType: "bytes", name: "publicKey", type: "bytes" },
          { internalType: "string", name: "rpId", type: "string" },
        ],
        internalType: "struct Subkey",
        name: "subkey",
        type: "tuple",
      },
    ],
    name: "subkeyIdOf",
    outputs: [{ internalType: "bytes32", name: "", type: "bytes32" }],
    stateMutability: "pure",
    type: "function",
  },
] as const;

export const STATE_ANCHOR_ABI = [
  {
    inputs: [{ internalType: "contract IAttesterRegistry", name: "attesters", type: "address" }],
    stateMutability: "nonpayable",
    type: "constructor",
  },
  { inputs: [], name: "ECDSAInvalidSignature", type: "error" },
  {
    inputs: [{ internalType: "uint256", name: "length", type: "uint256" }],
    name: "ECDSAInvalidSignatureLength",
    type: "error",
  },
  { inputs: [{ internalType: "bytes32", name: "s", type: "bytes32" }], name: "ECDSAInvalidSignatureS", type: "error" },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "address", name: "previous", type: "address" },
    ],
    name: "StateAnchorNotAscending",
    type: "error",
  },
  {
    inputs: [{ internalType: "address", name: "account", type: "address" }],
    name: "StateAnchorNotOperator",
    type: "error",
  },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "uint64", name: "latest", type: "uint64" },
    ],
    name: "StateAnchorStaleEpoch",
    type: "error",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
    ],
    name: "StateAnchorZeroRoot",
    type: "error",
  },
  {
    inputs: [{ internalType: "uint256", name: "position", type: "uint256" }],
    name: "TextInvalidCharacter",
    type: "error",
  },
  {
    inputs: [
      { internalType: "uint256", name: "length", type: "uint256" },
      { internalType: "uint256", name: "max", type: "uint256" },
    ],
    name: "TextInvalidLength",
    type: "error",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "operator", type: "address" },
      { indexed: true, internalType: "bytes32", name: "topic", type: "bytes32" },
      { indexed: true, internalType: "uint64", name: "epoch", type: "uint64" },
      { indexed: false, internalType: "bytes32", name: "root", type: "bytes32" },
      { indexed: false, internalType: "string", name: "uri", type: "string" },
    ],
    name: "StateAnchored",
    type: "event",
  },
  {
    inputs: [],
    name: "ATTESTERS",
    outputs: [{ internalType: "contract IAttesterRegistry", name: "", type: "address" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [],
    name: "MAX_URI_LENGTH",
    outputs: [{ internalType: "uint256", name: "", type: "uint256" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "bytes32", name: "root", type: "bytes32" },
      { internalType: "string", name: "uri", type: "string" },
    ],
    name: "anchor",
    outputs: [],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "bytes32", name: "root", type: "bytes32" },
      { internalType: "string", name: "uri", type: "string" },
      { internalType: "bytes", name: "signature", type: "bytes" },
    ],
    name: "anchorBySignature",
    outputs: [{ internalType: "address", name: "operator", type: "address" }],
    stateMutability: "nonpayable",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address[]", name: "operators", type: "address[]" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "bytes32", name: "root", type: "bytes32" },
    ],
    name: "countAnchored",
    outputs: [{ internalType: "uint256", name: "count", type: "uint256" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
    ],
    name: "latestOf",
    outputs: [
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "bytes32", name: "root", type: "bytes32" },
      { internalType: "uint64", name: "anchoredAt", type: "uint64" },
    ],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
    ],
    name: "rootOf",
    outputs: [{ internalType: "bytes32", name: "", type: "bytes32" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "uint64", name: "epoch", type: "uint64" },
      { internalType: "bytes", name: "leaf", type: "bytes" },
      { internalType: "bytes32[]", name: "proof", type: "bytes32[]" },
    ],
    name: "verify",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
  {
    inputs: [
      { internalType: "address", name: "operator", type: "address" },
      { internalType: "bytes32", name: "topic", type: "bytes32" },
      { internalType: "bytes", name: "leaf", type: "bytes" },
      { internalType: "bytes32[]", name: "proof", type: "bytes32[]" },
    ],
    name: "verifyLatest",
    outputs: [{ internalType: "bool", name: "", type: "bool" }],
    stateMutability: "view",
    type: "function",
  },
] as const;

export const ACCESS_MANAGER_EVENTS = [
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "operationId", type: "bytes32" },
      { indexed: true, internalType: "uint32", name: "nonce", type: "uint32" },
    ],
    name: "OperationCanceled",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "operationId", type: "bytes32" },
      { indexed: true, internalType: "uint32", name: "nonce", type: "uint32" },
    ],
    name: "OperationExecuted",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "bytes32", name: "operationId", type: "bytes32" },
      { indexed: true, internalType: "uint32", name: "nonce", type: "uint32" },
      { indexed: false, internalType: "uint48", name: "schedule", type: "uint48" },
      { indexed: false, internalType: "address", name: "caller", type: "address" },
      { indexed: false, internalType: "address", name: "target", type: "address" },
      { indexed: false, internalType: "bytes", name: "data", type: "bytes" },
    ],
    name: "OperationScheduled",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: true, internalType: "uint64", name: "admin", type: "uint64" },
    ],
    name: "RoleAdminChanged",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: false, internalType: "uint32", name: "delay", type: "uint32" },
      { indexed: false, internalType: "uint48", name: "since", type: "uint48" },
    ],
    name: "RoleGrantDelayChanged",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: true, internalType: "address", name: "account", type: "address" },
      { indexed: false, internalType: "uint32", name: "delay", type: "uint32" },
      { indexed: false, internalType: "uint48", name: "since", type: "uint48" },
      { indexed: false, internalType: "bool", name: "newMember", type: "bool" },
    ],
    name: "RoleGranted",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: true, internalType: "uint64", name: "guardian", type: "uint64" },
    ],
    name: "RoleGuardianChanged",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: false, internalType: "string", name: "label", type: "string" },
    ],
    name: "RoleLabel",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
      { indexed: true, internalType: "address", name: "account", type: "address" },
    ],
    name: "RoleRevoked",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "target", type: "address" },
      { indexed: false, internalType: "uint32", name: "delay", type: "uint32" },
      { indexed: false, internalType: "uint48", name: "since", type: "uint48" },
    ],
    name: "TargetAdminDelayUpdated",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "target", type: "address" },
      { indexed: false, internalType: "bool", name: "closed", type: "bool" },
    ],
    name: "TargetClosed",
    type: "event",
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: "address", name: "target", type: "address" },
      { indexed: false, internalType: "bytes4", name: "selector", type: "bytes4" },
      { indexed: true, internalType: "uint64", name: "roleId", type: "uint64" },
    ],
    name: "TargetFunctionRoleUpdated",
    type: "event",
  },
] as const;

export const WALLET_CHECK_CODE =
  "0x60808060405234610145576101ea803803809161001c8285610149565b8339810160a0828203126101455761003382610180565b61003f60208401610180565b60408401519092906001600160401b0381116101455781610061918601610194565b93606081015191608082015160018060401b038111610145576100849201610194565b935f93833b1561012b575b5050813b6100a0575b825f5360015ff35b5f925060206100fb6084829660405193849181830196630b135d3f60e11b88526024840152604060448401528051918291826064860152018484015e87838284010152601f801991011681010301601f198101835282610149565b519162061a80fa630b135d3f60e11b5f5114601f3d1116165f146101245760015b805f80610098565b600261011c565b815f92918360208194519301916216e360f1505f8061008f565b5f80fd5b601f909101601f19168101906001600160401b0382119082101761016c57604052565b634e487b7160e01b5f52604160045260245ffd5b51906001600160a01b038216820361014557565b81601f82011215610145578051906001600160401b03821161016c57604051926101c8601f8401601f191660200185610149565b8284526020838301011161014557815f9260208093018386015e830101529056fe";

export const WALLET_PREPARATION_CODE =
  "0x6080604052346100f0576101428038038061001981610108565b92833981016060828203126100f0576100318261012d565b9061003e6020840161012d565b604084015190936001600160401b0382116100f0570181601f820112156100f05780516001600160401b0381116100f457610082601f8201601f1916602001610108565b918183526020830193602083830101116100f057815f926020809301865e83010152823b156100db575b5050803b156100b757005b638f5680cb60e01b5f9081526001600160a01b039182166004529116602452604490fd5b5f918291519082866216e360f1505f806100ac565b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b6040519190601f01601f191682016001600160401b038111838210176100f457604052565b51906001600160a01b03821682036100f05756fe";

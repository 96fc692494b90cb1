/** A client of the Syngraph API, and the local check of what it answers. For browsers and Node; no framework. */
export * from "./client.ts";
export { type ApiErrorCode, SyngraphError, type SyngraphErrorCode } from "../errors.ts";
export type { EventsOptions, EventsQuery, StreamState } from "./events.ts";
export type { NodeStatus } from "./status.ts";
export type { CallOptions } from "./http.ts";
export * from "./checkChains.ts";
export { type ItemCheck, type ItemChecks, type Verdict, verifyChain } from "./verifyChain.ts";
export type {
  AssertionFields,
  AttestationsReply,
  AvatarBinding,
  AvatarProofs,
  AvatarReply,
  BindingEvent,
  BindingStatus,
  ChainItem,
  ChainPage,
  ChangeItem,
  ChangesReply,
  ConnectedIdentity,
  EdgeReference,
  GraphEdge,
  Health,
  IdTokenReply,
  IdentityCard,
  LinkEvent,
  NonceReply,
  Pagination,
  PathReply,
  PayloadReply,
  PlatformInfo,
  ProofExistsReply,
  ProofPage,
  ProofReply,
  ProofSubmission,
  RegistryEvent,
  ReorgEvent,
  SessionInfo,
  SubkeyFields,
  SubkeyPayloadReply,
  SubkeyRecord,
  SubmissionItem,
  SubmissionPage,
  SubmissionReply,
  Vertex,
} from "./wire.ts";

/** A client of the Syngraph API, and the local check of what it answers. For browsers and Node; no framework. */
export * from "./client.ts";
export * from "./error.ts";
export type { EventsOptions, EventsQuery, StreamState } from "./events.ts";
export { EDGE_KINDS, EVIDENCE_KINDS } from "./graph.ts";
export type {
  ConnectedIdentity,
  EdgeKind,
  EdgeReference,
  EvidenceKind,
  GraphEdge,
  IdentityCard,
  PathReply,
  PathStep,
  VertexId,
} from "./graph.ts";
export type { NodeStatus } from "./status.ts";
export type { CallOptions } from "./http.ts";
export * from "./verifyChain.ts";
export type {
  AvatarBinding,
  AvatarProofs,
  AvatarReply,
  BindingEvent,
  BindingStatus,
  ChainItem,
  ChainPage,
  ChangeItem,
  ChangesReply,
  Health,
  LinkEvent,
  Pagination,
  PayloadReply,
  ProofExistsReply,
  ProofPage,
  ProofReply,
  ProofSubmission,
  RegistryEvent,
  ReorgEvent,
  SubmissionReply,
} from "./wire.ts";

export * from "./binding.ts";
export { composeHref, languagesOf } from "./compose.ts";
export type { CosignOptions } from "./cosigner.ts";
export { identityForms } from "./identity.ts";
export type { Post } from "./post.ts";
export type { BindingSnapshot } from "./snapshot.ts";
export type * from "./step.ts";

import { type Context, ponder } from "ponder:registry";
import schema from "ponder:schema";

import { lower } from "./hex.ts";
import { type PositionedEvent, changeOf, position } from "./position.ts";

type Hex = `0x${string}`;

ponder.on("AccessManager:RoleGranted", async ({ event, context }) => {
  const { roleId: role, account, delay, since, newMember } = event.args;
  const member = { delay: BigInt(delay), since: BigInt(since) };
  await context.db
    .insert(schema.roleMember)
    .values({ chainId: context.chain.id, role, account: lower(account), ...member })
    // Of who is a member already, `since` says from when on the new delay counts.
    .onConflictDoUpdate(newMember ? member : { delay: member.delay });
  await record(context, event, "RoleGranted");
});

ponder.on("AccessManager:RoleRevoked", async ({ event, context }) => {
  const { roleId: role, account } = event.args;
  await context.db.delete(schema.roleMember, { chainId: context.chain.id, role, account: lower(account) });
  await record(context, event, "RoleRevoked");
});

ponder.on("AccessManager:OperationScheduled", async ({ event, context }) => {
  const { operationId, nonce, schedule, caller, target, data } = event.args;
  const state = {
    ...{ status: "scheduled" as const, nonce: BigInt(nonce), executableAt: BigInt(schedule) },
    ...changeOf(event),
  };
  await context.db
    .insert(schema.operation)
    .values({
      ...{ chainId: context.chain.id, id: operationId, caller: lower(caller), target: lower(target), data },
      ...state,
    })
    .onConflictDoUpdate(state);
  await record(context, event, "OperationScheduled");
});

ponder.on("AccessManager:OperationExecuted", ({ event, context }) => endOperation(context, event, "executed"));
ponder.on("AccessManager:OperationCanceled", ({ event, context }) => endOperation(context, event, "canceled"));

const RECORDED = [
  "RoleLabel",
  "RoleAdminChanged",
  "RoleGuardianChanged",
  "RoleGrantDelayChanged",
  "TargetClosed",
  "TargetFunctionRoleUpdated",
  "TargetAdminDelayUpdated",
] as const;

for (const name of RECORDED) {
  ponder.on(`AccessManager:${name}`, ({ event, context }) => record(context, event, name));
}

ponder.on("AttesterRegistry:AuthorityUpdated", ({ event, context }) => record(context, event, "AuthorityUpdated"));

/** An event of governance. */
interface GovernanceEvent extends PositionedEvent {
  args: object;
  log: { logIndex: number; address: Hex };
}

async function endOperation(
  context: Context,
  event: GovernanceEvent & { args: { operationId: Hex } },
  status: "executed" | "canceled",
): Promise<void> {
  await context.db
    .update(schema.operation, { chainId: context.chain.id, id: event.args.operationId })
    .set({ status, ...changeOf(event) });
  await record(context, event, status === "executed" ? "OperationExecuted" : "OperationCanceled");
}

async function record(context: Context, event: GovernanceEvent, name: string): Promise<void> {
  const values = Object.entries(event.args).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === "boolean" ? value : String(value),
  ]);
  await context.db.insert(schema.governance).values({
    ...{ chainId: context.chain.id, contract: lower(event.log.address), event: name },
    ...{ values: Object.fromEntries(values), ...position(event) },
  });
}

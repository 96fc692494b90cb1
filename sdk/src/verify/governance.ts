import type { LogDescription } from "ethers";

import { type ChainLog, placeOf } from "./chain.ts";
import type { Findings } from "./findings.ts";
import type { Row, Table } from "./rows.ts";

/** Who has a role. */
interface Member {
  delay: number;
  since: number;
}

/** An operation that was announced. */
interface Operation {
  nonce: number;
  status: "scheduled" | "executed" | "canceled";
  executableAt: number;
  caller: string;
  target: string;
  data: string;
  log: ChainLog;
}

/** What the AccessManager's events make of roles and announced operations. They carry no signatures. */
export class GovernanceModel {
  readonly #findings: Findings;
  readonly #emit: (table: Table, row: Row) => void;
  /** By role and account. */
  readonly #members = new Map<string, Member & { role: string; account: string }>();
  /** Whose role was taken, unless it was granted again. */
  readonly #former = new Map<string, { role: string; account: string }>();
  readonly #operations = new Map<string, Operation>();

  constructor(findings: Findings, emit: (table: Table, row: Row) => void) {
    this.#findings = findings;
    this.#emit = emit;
  }

  read({ name, args, fragment }: LogDescription, log: ChainLog): void {
    const value = (field: string) => args.getValue(field) as unknown;
    if (name === "RoleGranted" || name === "RoleRevoked") {
      const at = { role: String(value("roleId")), account: String(value("account")).toLowerCase() };
      const granted = name === "RoleGranted";
      const member = granted ? { delay: Number(value("delay")), since: Number(value("since")) } : null;
      this.#readRole(at, member, granted && value("newMember") === true);
    } else if (name.startsWith("Operation"))
      this.#readOperation(name, String(value("operationId")), args.toObject(), log);
    this.#findings.count("events of governance");
    const values = fragment.inputs.map((input, index): [string, string | boolean] => {
      const given: unknown = args[index];
      return [input.name, typeof given === "boolean" ? given : lowered(String(given), input.type)];
    });
    this.#emit("governance", {
      ...{ contract: log.address, event: name, values: Object.fromEntries(values) },
      ...placeOf(log),
    });
  }

  /** @param member null where the role was taken. */
  #readRole(at: { role: string; account: string }, member: Member | null, isNew: boolean): void {
    const key = `${at.role} ${at.account}`;
    const before = this.#members.get(key);
    if (member === null) {
      this.#demand(before !== undefined, `role ${key}`, "was revoked, and was not granted");
      this.#members.delete(key);
      this.#former.set(key, at);
      return;
    }
    this.#former.delete(key);
    this.#demand(
      isNew === (before === undefined),
      `role ${key}`,
      `was granted ${isNew ? "anew, and was" : "again, and was not"}`,
    );
    // Of who is a member already, `since` says from when on the new delay counts.
    this.#members.set(key, {
      ...at,
      ...(isNew ? member : { delay: member.delay, since: before?.since ?? member.since }),
    });
  }

  #readOperation(name: string, id: string, args: Record<string, unknown>, log: ChainLog): void {
    const [before, nonce] = [this.#operations.get(id), Number(args.nonce)];
    const subject = `operation ${id}`;
    if (name === "OperationScheduled") {
      this.#demand(before === undefined || nonce > before.nonce, subject, `was scheduled again as number ${nonce}`);
      const [caller, target] = [String(args.caller).toLowerCase(), String(args.target).toLowerCase()];
      const operation = {
        ...{ nonce, caller, target, log },
        executableAt: Number(args.schedule),
        data: String(args.data),
      };
      this.#operations.set(id, { ...operation, status: "scheduled" });
      return;
    }
    const right = before?.status === "scheduled" && before.nonce === nonce;
    this.#demand(right, subject, `was ended as number ${nonce}, and was not scheduled as that`);
    if (before)
      this.#operations.set(id, { ...before, log, status: name === "OperationExecuted" ? "executed" : "canceled" });
  }

  #demand(holds: boolean, subject: string, otherwise: string): void {
    if (!holds) this.#findings.add("log", subject, otherwise);
  }

  /** Since when somebody has a role, by the AccessManager; 0 where they have it not. */
  *storedRoles(): Generator<{ role: string; account: string; since: number }> {
    yield* this.#members.values();
    for (const at of this.#former.values()) yield { ...at, since: 0 };
  }

  /** How often an operation was announced, and from when on it may be carried out; 0 where it was, or was called off. */
  *storedOperations(): Generator<{ id: string; nonce: number; schedule: number }> {
    for (const [id, { nonce, status, executableAt }] of this.#operations) {
      yield { id, nonce, schedule: status === "scheduled" ? executableAt : 0 };
    }
  }

  /** What the table `role_member` must say. */
  *memberRows(): Generator<Row> {
    for (const member of this.#members.values()) yield { ...member };
  }

  /** What the table `operation` must say. */
  *operationRows(): Generator<Row> {
    for (const [id, { executableAt, log, ...operation }] of this.#operations) {
      const { time, transactionHash, index } = log;
      const at = { updated_at: time, transaction_hash: transactionHash, log_index: index };
      yield { id, ...operation, executable_at: executableAt, ...at };
    }
  }
}

/** Addresses in lower case, as all tables have them. */
function lowered(value: string, type: string): string {
  return type === "address" ? value.toLowerCase() : value;
}

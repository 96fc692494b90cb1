import { Worker } from "node:worker_threads";

import { type Witness, recoverWitnesses } from "@syngraph/sdk/protocol";

import { type AnnouncedEvent, beforeBatches } from "./batches.ts";

/** What attesters say of a link, as an event has it. */
export interface Statement {
  linkId: string;
  found: boolean;
  /** Account id and attestations, as submitted. */
  said: string;
}

/** What the thread is asked, and what it answers: null for what {@link recoverWitnesses} throws at. */
export type Question = readonly Statement[];
export type Answer = readonly (readonly Witness[] | null)[];

/** From so many on a thread is worth its start. */
const MANY = 500;
/** So many are recovered at a time, so that the first handlers do not wait for the last. */
const PIECE = 250;
/** A thread that was asked nothing for so many milliseconds ends: live events are few. */
const IDLE = 10_000;

/** Megabytes: it would have the limits of the process otherwise. */
const MEMORY = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 96 };

const THREAD = new URL("./witnessThread.ts", import.meta.url);

/** What was recovered, or will be, of the batch that is indexed, by link. */
const ahead = new Map<string, { statement: Statement; piece: Promise<Answer>; place: number }>();

/** Who signed, as {@link recoverWitnesses} tells; where there is much to recover, another thread has done it beforehand. */
export async function witnessesOf(statement: Statement): Promise<readonly Witness[]> {
  const { linkId, found, said } = statement;
  const asked = ahead.get(linkId);
  if (asked?.statement.said === said && asked.statement.found === found) {
    const witnesses = (await asked.piece)[asked.place];
    if (witnesses) return witnesses;
  }
  return recoverWitnesses(statement, said);
}

/**
 * Has another thread recover what a batch of events will ask for: the curve's arithmetic takes as long as all else that is done
 * with a link.
 *
 * @param statementOf what an event will have recovered, if anything.
 */
export function recoverAhead(statementOf: (event: AnnouncedEvent) => Statement | undefined): void {
  beforeBatches((events) => {
    ahead.clear();
    const statements = events.map(statementOf).filter((it) => it !== undefined);
    if (statements.length < MANY) return;
    for (let first = 0; first < statements.length; first += PIECE) {
      const question = statements.slice(first, first + PIECE);
      const piece = ask(question);
      question.forEach((statement, place) => ahead.set(statement.linkId, { statement, piece, place }));
    }
  });
}

let thread: Worker | undefined;
let ending: NodeJS.Timeout | undefined;
/** Who waits for an answer, in the order of the questions. */
const waiting: ((answer: Answer) => void)[] = [];

async function ask(question: Question): Promise<Answer> {
  thread ??= start();
  clearTimeout(ending);
  const answered = new Promise<Answer>((resolve) => waiting.push(resolve));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a worker of Node's, not a window
  thread.postMessage(question);
  return answered;
}

function start(): Worker {
  const worker = new Worker(THREAD, { resourceLimits: MEMORY });
  worker.unref();
  worker.on("message", (answer: Answer) => {
    waiting.shift()?.(answer);
    if (waiting.length > 0) return;
    ending = setTimeout(() => end(worker), IDLE).unref();
  });
  // Without it everything goes on as before, only slower: nobody waits for what does not come.
  worker.on("error", (error) => {
    console.warn(
      JSON.stringify({ level: "warn", msg: "Attesters are recovered without a thread", error: String(error) }),
    );
    end(worker);
  });
  return worker;
}

function end(worker: Worker): void {
  thread = undefined;
  for (const answer of waiting.splice(0)) answer([]);
  void worker.terminate();
}

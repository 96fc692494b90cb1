/** The thread of witnesses.ts. */
import { parentPort } from "node:worker_threads";

import "@syngraph/sdk/protocol/native";
import { recoverWitnesses } from "@syngraph/sdk/protocol";

import type { Answer, Question, Statement } from "./witnesses.ts";

function recover(statement: Statement) {
  try {
    return recoverWitnesses(statement, statement.said);
  } catch {
    // Whoever asked tries by itself, and tells what is wrong.
    return null;
  }
}

parentPort!.on("message", (question: Question) => {
  const answer: Answer = question.map(recover);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a worker of Node's, not a window
  parentPort!.postMessage(answer);
});

import { createHash } from "node:crypto";

import solc from "solc";

/** One way that a program may go at one place. */
export interface Branch {
  /** What is reported when it goes there: 32 bytes of hex, as Hardhat keeps them. */
  tag: string;
  line: number;
  /** For people: the expression and what it comes to. */
  way: string;
}

/** A piece of text to put in, at an offset in bytes. */
interface Insertion {
  at: number;
  text: string;
  /** Of insertions at one place, the order in which they come. */
  order: number;
}

interface Node {
  nodeType?: string;
  src?: string;
  [property: string]: unknown;
}

/**
 * What is called where a branch is taken, and in place of Hardhat's own `sendHit`, which writes to the memory behind the free
 * one, where our libraries build texts and logs. This one uses the scratch space, and leaves it as it was. It is no `pure`
 * function in disguise either: a pointer to a function keeps the compiler from moving variables from stack to memory.
 */
export const COVERAGE_LIBRARY = `// SPDX-License-Identifier: MIT
pragma solidity >=0.8.0;

library __NomicFoundationCoverage {
  function sendHit(uint256 id) internal view {
    assembly ("memory-safe") {
      let kept := mload(0)
      mstore(0, id)
      pop(staticcall(gas(), 0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE, 0, 32, 0, 0))
      mstore(0, kept)
    }
  }

  function decision(uint256 id, bool condition) internal view returns (bool) {
    sendHit(condition ? id : id + 1);
    return condition;
  }

  function operand(uint256 id, bool condition) internal view returns (bool) {
    sendHit(id);
    return condition;
  }
}
`;

/**
 * Wraps the conditions of a source: of `if`, \`require\` and \`? :\` both outcomes are branches, of \`&&\` and \`||\` that an
 * operand was looked at. Assembly is left alone. Lines stay where they are.
 *
 * @param name The source's name, which makes the tags its own.
 */
export function instrumentBranches(name: string, content: string): { content: string; branches: Branch[] } {
  const bytes = Buffer.from(content);
  const branches: Branch[] = [];
  const insertions: Insertion[] = [];

  function wrap(expression: unknown, kind: "decision" | "operand"): void {
    const [start, length] = String((expression as Node).src)
      .split(":")
      .map(Number) as [number, number];
    const text = bytes.subarray(start, start + length).toString();
    const line = bytes.subarray(0, start).toString().split("\n").length;
    const digest = createHash("sha256").update(`${name} ${branches.length} ${text}`).digest();
    // Even, so that the other outcome's is one more.
    digest[31]! &= 0xfe;
    const id = BigInt(`0x${digest.toString("hex")}`);
    const readable = text.replace(/__NomicFoundationCoverage\.\w+\([^,)]*\)?,? ?/g, "").replace(/\s+/g, " ");
    const ways = kind === "operand" ? ["looked at"] : ["true", "false"];
    for (const [index, way] of ways.entries()) {
      branches.push({ tag: (id + BigInt(index)).toString(16).padStart(64, "0"), line, way: `${readable}: ${way}` });
    }
    const opening = `__NomicFoundationCoverage.${kind}(${id}, `;
    // The outer of two expressions that begin together is found first, and is to be opened first and closed last.
    insertions.push({ at: start, text: opening, order: insertions.length });
    insertions.push({ at: start + length, text: ")", order: -insertions.length });
  }

  function visit(node: unknown): void {
    if (Array.isArray(node)) node.forEach(visit);
    if (node === null || typeof node !== "object" || Array.isArray(node)) return;
    const { nodeType, operator, condition, leftExpression, rightExpression, expression } = node as Node;
    if (nodeType === "IfStatement" || nodeType === "Conditional") wrap(condition, "decision");
    if (nodeType === "FunctionCall" && (expression as Node).name === "require") {
      wrap(((node as Node).arguments as unknown[])[0], "decision");
    }
    if (nodeType === "BinaryOperation" && (operator === "&&" || operator === "||")) {
      wrap(leftExpression, "operand");
      wrap(rightExpression, "operand");
    }
    Object.values(node).forEach(visit);
  }

  visit(parse(name, content));
  const sorted = insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  const parts: (Buffer | string)[] = [];
  let end = 0;
  for (const { at, text } of sorted) {
    parts.push(bytes.subarray(end, at), text);
    end = at;
  }
  parts.push(bytes.subarray(end));
  return { content: parts.map(String).join(""), branches };
}

/** The syntax tree, without looking at imports. */
function parse(name: string, content: string): Node {
  const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
  const input = { language: "Solidity", sources: { [name]: { content } }, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    sources?: Record<string, { ast: Node }>;
    errors?: unknown;
  };
  const tree = output.sources?.[name]?.ast;
  if (tree === undefined) throw new Error(`${name} cannot be parsed: ${JSON.stringify(output.errors)}`);
  return tree;
}

import { type DefaultTreeAdapterMap, defaultTreeAdapter, parseFragment } from "parse5";

import { CheckError } from "./types.ts";

type Node = DefaultTreeAdapterMap["node"];
export type Element = DefaultTreeAdapterMap["element"];

/** Elements that begin on a line of their own, as far as posts have them. */
const BLOCKS = new Set(["p", "div", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "tr"]);

/** Elements whose content is no text of the post. */
const SILENT = new Set(["script", "style", "template", "noscript"]);

/** Longest HTML that is parsed, in UTF-16 units: the time of nested elements grows with its square. */
const MAX_LENGTH = 128 * 1024;

/**
 * Most elements that are made of it. Text behind a closed `<p>` reopens all of its `<b>` and the like that are still open
 * (https://html.spec.whatwg.org/#reconstruct-the-active-formatting-elements): few bytes become millions of elements.
 */
const MAX_ELEMENTS = 4096;

/** Deepest nesting that is walked through: browsers stop at this depth too. */
const MAX_DEPTH = 512;

/**
 * Parses HTML by the WHATWG algorithm; nothing in it is run or fetched.
 *
 * @throws {CheckError} medium, where it is longer, nested deeper or of more elements than any post.
 */
export function parseHtml(html: string): Node {
  if (html.length > MAX_LENGTH)
    throw new CheckError("medium", `the post's HTML is longer than ${MAX_LENGTH} characters`);
  let elements = 0;
  const treeAdapter: typeof defaultTreeAdapter = {
    ...defaultTreeAdapter,
    createElement(...given) {
      elements += 1;
      if (elements > MAX_ELEMENTS)
        throw new CheckError("medium", `the post's HTML has more than ${MAX_ELEMENTS} elements`);
      return defaultTreeAdapter.createElement(...given);
    },
  };
  const root = parseFragment(html, { treeAdapter });
  let level: Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH)
      throw new CheckError("medium", `the post's HTML is nested deeper than ${MAX_DEPTH} elements`);
    level = level.flatMap((node) => ("childNodes" in node ? node.childNodes : []));
  }
  return root;
}

/**
 * The text that a reader sees of HTML: entities decoded, a line for each block and `<br>`.
 *
 * @param skip elements that are left out with all that is in them, for example quotes.
 */
export function textOf(node: Node, skip: (element: Element) => boolean = () => false): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterMap["textNode"]).value;
  if (node.nodeName === "br") return "\n";
  if (SILENT.has(node.nodeName) || ("tagName" in node && skip(node))) return "";
  const inner = "childNodes" in node ? node.childNodes.map((child) => textOf(child, skip)).join("") : "";
  return BLOCKS.has(node.nodeName) ? `\n${inner}\n` : inner;
}

/**
 * The elements below a node that pass, in document order.
 *
 * @param skip elements that are left out with all that is in them, for example quotes.
 */
export function elementsOf(
  node: Node,
  passes: (element: Element) => boolean,
  skip: (element: Element) => boolean = () => false,
): Element[] {
  if ("tagName" in node && skip(node)) return [];
  const children = "childNodes" in node ? node.childNodes : [];
  const own = "tagName" in node && passes(node) ? [node] : [];
  return [...own, ...children.flatMap((child) => elementsOf(child, passes, skip))];
}

/** An element's attribute, or undefined. */
export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((it) => it.name === name)?.value;
}

/** Whether an element has a class. */
export function hasClass(element: Element, name: string): boolean {
  return (attribute(element, "class") ?? "").split(/\s+/).includes(name);
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  VariablesInAllowedPositionRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { LRUCache } from "lru-cache";

import { tooMuch } from "./errors.ts";
import { schema } from "./schema.ts";

/** How large a document may be. The largest that clients are known to send has 400 tokens and 6 levels. */
export const DOCUMENT_LIMITS = {
  tokens: 2_000,
  depth: 10,
  aliases: 100,
  directives: 50,
  /** With fragments in place of their spreads. */
  fields: 2_000,
  /** Of one name in one place: whether they can be merged is found out for each pair of them. */
  repetitions: 10,
} as const;

/**
 * Lists of the introspection that lead to types, and so to these lists again; they may not stand in each other. As graphql-js's
 * MaxIntrospectionDepthRule, which came with 16.9.
 */
const INTROSPECTED_LISTS = new Set(["fields", "inputFields", "interfaces", "possibleTypes"]);

/**
 * All but one of the specification's rules: clients of RelationService declare `String` where a non-null or an enum is wanted. Values
 * are checked when a field is resolved.
 */
const RULES = specifiedRules.filter((rule) => rule !== VariablesInAllowedPositionRule);

/** A document that may be executed. */
export interface Prepared {
  document: DocumentNode;
  /** Fields in each selection set, with all below it. */
  sizes: WeakMap<SelectionSetNode, number>;
}

type Outcome = Prepared | { errors: readonly GraphQLError[] };

/** How many bytes a document takes for each letter of its text, about. */
const BYTES_PER_LETTER = 60;

/** Documents of the same few clients come again and again; what is refused is not kept. */
const cache = new LRUCache<string, Prepared>({
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: (_prepared, text) => (text.length + 1) * BYTES_PER_LETTER,
});

/** Parses, measures and validates a document, cheapest first: what is too large is never looked at closely. */
export function prepare(text: string): Outcome {
  const known = cache.get(text);
  if (known) return known;
  const outcome = prepareAnew(text);
  if ("document" in outcome) cache.set(text, outcome);
  return outcome;
}

function prepareAnew(text: string): Outcome {
  try {
    const document = parse(text, { maxTokens: DOCUMENT_LIMITS.tokens, noLocation: false });
    const sizes = measure(document);
    const errors = validate(schema, document, RULES, { maxErrors: 20 });
    return errors.length > 0 ? { errors } : { document, sizes };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** What a selection set comes to, with fragments in place of their spreads. */
interface Measure {
  /** How many have the same name in the answer, by these names. */
  names: ReadonlyMap<string, number>;
  fields: number;
  depth: number;
  /** How many {@link INTROSPECTED_LISTS} stand in each other. */
  lists: number;
}

const NOTHING: Measure = { names: new Map(), fields: 0, depth: 0, lists: 0 };

/** Each fragment is measured once, so that the time is that of the document's length, whatever it comes to. */
function measure({ definitions }: DocumentNode): Prepared["sizes"] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measures = new Map<SelectionSetNode, Measure>();
  const under = new Set<string>();
  const counts = { aliases: 0, directives: 0 };
  const sizes: Prepared["sizes"] = new WeakMap();

  function ofSet(set: SelectionSetNode | undefined, isMeta: boolean): Measure {
    if (!set) return NOTHING;
    const known = measures.get(set);
    if (known) return known;
    const names = new Map<string, number>();
    const sum = { names, fields: 0, depth: 0, lists: 0 };
    for (const selection of set.selections) {
      const { fields, depth, lists, names: added } = ofSelection(selection, isMeta);
      for (const [name, count] of added) {
        names.set(name, (names.get(name) ?? 0) + count);
        refuse("repetitions", names.get(name)!);
      }
      sum.fields += fields;
      sum.depth = Math.max(sum.depth, depth);
      sum.lists = Math.max(sum.lists, lists);
    }
    refuse("fields", sum.fields);
    refuse("depth", sum.depth);
    if (sum.lists > 1) throw tooMuch("the query asks for fields of types of fields: introspect each type once");
    measures.set(set, sum);
    sizes.set(set, sum.fields);
    return sum;
  }

  function ofSelection(selection: SelectionNode, isMeta: boolean): Measure {
    counts.directives += selection.directives?.length ?? 0;
    refuse("directives", counts.directives);
    if (selection.kind === Kind.INLINE_FRAGMENT) return ofSet(selection.selectionSet, isMeta);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value, isMeta);
    if (selection.alias) refuse("aliases", (counts.aliases += 1));
    const name = selection.name.value;
    const names = new Map([[selection.alias?.value ?? name, 1]]);
    const inside = ofSet(selection.selectionSet, isMeta || name.startsWith("__"));
    return {
      names,
      fields: 1 + inside.fields,
      // The types of introspection are wrapped in each other; what it may ask for is held by its lists and tokens.
      depth: isMeta || name.startsWith("__") ? 0 : 1 + inside.depth,
      lists: inside.lists + (INTROSPECTED_LISTS.has(name) ? 1 : 0),
    };
  }

  function ofFragment(name: string, isMeta: boolean): Measure {
    const fragment = fragments.get(name);
    // That there is none, the validation says.
    if (!fragment) return NOTHING;
    if (under.has(name)) throw tooMuch(`fragment ${name} is a part of itself`);
    under.add(name);
    const inside = ofSet(fragment.selectionSet, isMeta || fragment.typeCondition.name.value.startsWith("__"));
    under.delete(name);
    return inside;
  }

  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) ofSet(definition.selectionSet, false);
    // Also those that nothing uses.
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) ofFragment(definition.name.value, false);
  }
  return sizes;
}

const WORDS: Partial<Record<keyof typeof DOCUMENT_LIMITS, string>> = {
  depth: "levels of fields",
  repetitions: "fields of one name in one place",
};

function refuse(what: keyof typeof DOCUMENT_LIMITS, found: number): void {
  const most = DOCUMENT_LIMITS[what];
  if (found > most) throw tooMuch(`the query has more than ${most} ${WORDS[what] ?? what}`);
}

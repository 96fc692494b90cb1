import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  type GraphQLArgument,
  GraphQLEnumType,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLInterfaceType,
  GraphQLObjectType,
  Kind,
  assertValidSchema,
  buildSchema,
  coerceInputValue,
} from "graphql";

import type { Asked } from "./asked.ts";
import { badInput } from "./errors.ts";

/** What fields answer with, by type and name; where there is none, the source's property of that name. */
// oxlint-disable-next-line typescript/no-explicit-any -- a field's source is what its parent's resolver gave
export type Resolvers = Record<string, Record<string, (source: any, args: any, asked: Asked) => unknown>>;

export const schema = buildSchema(readFileSync(join(import.meta.dirname, "schema.graphql"), "utf8"));

/** The values of an enum, to be answered with; what is none is `unknown`. */
export function valuesOf(name: string): ReadonlySet<string> {
  const type = schema.getType(name) as GraphQLEnumType;
  return new Set(type.getValues().map((value) => value.name));
}

lenientEnum(schema.getType("LenientEnum") as GraphQLScalarType);
for (const name of ["Platform", "DomainNameSystem", "Chain", "ContractCategory"])
  ignoreCase(schema.getType(name) as GraphQLEnumType);
(schema.getType("EdgeUnion") as GraphQLInterfaceType).resolveType = (source: { __typename: string }) =>
  source.__typename;

/** Gives the schema's fields their resolvers; each is counted before it answers. */
export function resolveWith(resolvers: Resolvers): void {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    const known = type instanceof GraphQLObjectType ? type.getFields() : {};
    for (const [name, resolver] of Object.entries(fields)) {
      const field = known[name];
      if (!field) throw new Error(`the schema has no field ${typeName}.${name}`);
      field.resolve = counted(resolver, field.args);
    }
  }
  assertValidSchema(schema);
}

function counted(
  resolver: Resolvers[string][string],
  declared: readonly GraphQLArgument[],
): GraphQLFieldResolver<unknown, Asked> {
  return (source, args, asked, info) => {
    asked.budget.check();
    const answer = resolver(source, declared.length > 0 ? checked(args, declared) : args, asked);
    if (answer instanceof Promise) return answer.then((value) => charge(value, asked, info));
    return charge(answer, asked, info);
  };
}

/** Arguments of their declared types: a variable may be of any, since where one may stand is not looked at before. */
function checked(args: Record<string, unknown>, declared: readonly GraphQLArgument[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type } of declared) {
    if (args[name] === undefined) continue;
    values[name] = coerceInputValue(args[name], type, (_path, _value, { message }) => {
      throw badInput(`${name}: ${message}`);
    });
  }
  return values;
}

/** Takes from the budget what is selected of an object, or of each in a list, before any of it is resolved. */
function charge<T>(answer: T, asked: Asked, info: GraphQLResolveInfo): T {
  if (typeof answer === "object" && answer !== null) {
    let fields = 0;
    for (const { selectionSet } of info.fieldNodes) if (selectionSet) fields += asked.sizes.get(selectionSet) ?? 0;
    asked.budget.takeFields(fields * (Array.isArray(answer) ? answer.length : 1));
  }
  return answer;
}

function lenientEnum(scalar: GraphQLScalarType): void {
  const parse = (value: unknown): string => {
    if (typeof value !== "string") throw badInput(`${JSON.stringify(value)?.slice(0, 100)} is no text`);
    return value.trim().toLowerCase();
  };
  scalar.parseValue = parse;
  scalar.parseLiteral = (node) => {
    if (node.kind !== Kind.STRING && node.kind !== Kind.ENUM)
      throw badInput("it is neither a text nor an enum's value");
    return parse(node.value);
  };
}

/** Takes an enum's values in any case, as literals and as variables. */
function ignoreCase(type: GraphQLEnumType): void {
  const names = new Map(type.getValues().map(({ name }) => [name.toLowerCase(), name]));
  const proper = (value: string): string => names.get(value.trim().toLowerCase()) ?? value;
  const [parseValue, parseLiteral] = [type.parseValue.bind(type), type.parseLiteral.bind(type)];
  type.parseValue = (value) => parseValue(typeof value === "string" ? proper(value) : value);
  type.parseLiteral = (node, variables) =>
    parseLiteral(node.kind === Kind.ENUM ? { ...node, value: proper(node.value) } : node, variables);
}

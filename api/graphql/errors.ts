import { GraphQLError } from "graphql";

import { ApiError } from "../errors.ts";

/** What a caller asked for wrongly. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/** What would cost more than one request may. */
export function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "TOO_COMPLEX" } });
}

/** What reads a caller's words, with its refusal in GraphQL's shape. */
export function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) throw badInput(error.message);
    throw error;
  }
}

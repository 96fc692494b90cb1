import { ApiError, badRequest } from "../errors.ts";
import { CheckError, PlatformInputError } from "../platforms/types.ts";

/** What a caller is told of a look that confirmed nothing: 400, or 502 where the platform could not be asked. */
export function toApiError(error: unknown): unknown {
  if (error instanceof PlatformInputError) return badRequest(`${error.field}: ${error.message}`, error);
  if (error instanceof CheckError) {
    return new ApiError(error.severity === "soft" ? 502 : 400, error.message, {
      cause: error,
      retryAfter: error.retryAfter,
    });
  }
  return error;
}

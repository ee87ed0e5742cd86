import { FatalUpstreamError } from "../../errors/upstream-errors.js";

/** The error for a field that makes no sense, or that can't be served. */
export function invalid(message: string, param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", message, { param });
}

/** The same for a value of another type. @param demand as `a text` */
export function wrongKind(param: string, demand: string): FatalUpstreamError {
  return invalid(`"${param}" must be ${demand}.`, param);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

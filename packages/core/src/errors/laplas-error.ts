import type { LaplasErrorCode } from "./error-codes.js";

/** What every error of this package carries beside its message. Absent fields are absent, not `undefined`. */
export interface LaplasErrorDetails {
  /** On retryable errors only: milliseconds after which the same request will pass. */
  retryAfterMs?: number;
  /** When the limit resets. */
  resetsAt?: Date;
  /** Id of the tier rule that decided. */
  rule?: string;
  /** The upstream's status. Not `status` or `statusCode`: LangChain's AsyncCaller would let those overrule the stamp. */
  httpStatus?: number;
  /** The upstream's id of the request, for a support ticket. */
  requestId?: string;
  /** Where the plan can be changed, if the upstream named it. */
  billingUrl?: string;
  /** The error underneath. */
  cause?: unknown;
  /** What was finished before this failure, for calls made of several requests. */
  completed?: unknown;
  /** The request field that is wrong, as OpenAI's `param`. */
  param?: string;
}

/**
 * The type of every error thrown by this package. Check with {@link isLaplasError}, never with `instanceof`:
 * two copies of the package may live in one program.
 */
export interface LaplasError extends Error, Readonly<Omit<LaplasErrorDetails, "cause">> {
  readonly code: LaplasErrorCode;
  /** Whether the same request can pass later. */
  readonly retryable: boolean;
}

const laplasMark: unique symbol = Symbol.for("laplas.error");
/** Read by LangChain's `LangChainError.isInstance`; core imports nothing of LangChain. */
const langchainMark: unique symbol = Symbol.for("langchain.error");
/** Read by LangChain's retry layers (`getRetryable`), own properties only. */
const retryableMark: unique symbol = Symbol.for("langchain.errors.retryable");

/**
 * Gives an error its details and marks. Called in constructors: the marks must be own properties, because LangChain
 * does not read the prototype, and class fields would make them enumerable and so print them.
 */
export function markError(error: Error, retryable: boolean, details: LaplasErrorDetails): void {
  const { cause, ...fields } = details;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) Object.defineProperty(error, name, { value, enumerable: true, configurable: true });
  }
  if (cause !== undefined) Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
  Object.defineProperty(error, laplasMark, { value: true });
  Object.defineProperty(error, langchainMark, { value: true });
  stampRetryable(error, retryable);
}

/** Marks any error for LangChain's retry layers. An error that can't be changed is left as it is. */
export function stampRetryable<T>(error: T, retryable: boolean): T {
  if (typeof error === "object" && error !== null && Object.isExtensible(error)) {
    Object.defineProperty(error, retryableMark, { value: retryable, configurable: true });
  }
  return error;
}

/**
 * Whether a value is an error of this package, whichever copy of it.
 *
 * @example
 * ```ts
 * try {
 *   await laplas.chat({ model: "gpt-4o-mini", messages });
 * } catch (error) {
 *   if (isLaplasError(error) && error.retryable) console.log(`again in ${error.retryAfterMs} ms`);
 * }
 * ```
 */
export function isLaplasError(value: unknown): value is LaplasError {
  return (
    typeof value === "object" && value !== null && Object.getOwnPropertyDescriptor(value, laplasMark)?.value === true
  );
}

/**
 * Whether retrying the same request can help, following `.cause`: LangChain's middleware wraps errors and drops the mark.
 * `undefined` for errors that nobody has classified.
 */
export function isRetryable(error: unknown): boolean | undefined {
  let current: unknown = error;
  // A chain of causes can be made circular by hand; eight links are more than any host adds.
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth += 1) {
    const mark: unknown = Object.getOwnPropertyDescriptor(current, retryableMark)?.value;
    if (typeof mark === "boolean") return mark;
    current = (current as { cause?: unknown }).cause;
  }
  return undefined;
}

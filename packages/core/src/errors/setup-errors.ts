import { isLaplasError, type LaplasError, type LaplasErrorDetails, markError } from "./laplas-error.js";

/** An option is missing or wrong. Thrown at construction; the message names the option and its environment variable. */
export class InvalidOptionsError extends TypeError implements LaplasError {
  override readonly name = "InvalidOptionsError";
  readonly code: "invalid_options" = "invalid_options";
  readonly retryable: false = false;

  constructor(message: string, details: Pick<LaplasErrorDetails, "cause"> = {}) {
    super(message);
    markError(this, false, details);
  }

  /** True for this class from any copy of the package. */
  static isInstance(value: unknown): value is InvalidOptionsError {
    return isLaplasError(value) && value.code === "invalid_options";
  }
}

/** The ledger's store can't be trusted, so nothing is sent: sending uncounted would break the account for everyone who shares it. */
export class LedgerError extends TypeError implements LaplasError {
  override readonly name = "LedgerError";
  readonly code: "ledger" = "ledger";
  readonly retryable: false = false;

  constructor(message: string, details: Pick<LaplasErrorDetails, "cause"> = {}) {
    super(message);
    markError(this, false, details);
  }

  /** True for this class from any copy of the package. */
  static isInstance(value: unknown): value is LedgerError {
    return isLaplasError(value) && value.code === "ledger";
  }
}

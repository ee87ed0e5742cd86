/** A mistake in how the program was started: shown as one line, without a stack. */
export class UsageError extends Error {}

/** Today's quota is too small for the demo: shown as one line, before anything is used. */
export class QuotaError extends Error {}

import { InvalidOptionsError } from "@laplas/core";

/** Why nothing could listen, in words. @throws InvalidOptionsError, or what it was given */
export function explainPort(error: NodeJS.ErrnoException & { readonly port?: number }): never {
  if (error.code === "EADDRINUSE") {
    throw new InvalidOptionsError(
      `Port ${error.port} is taken, perhaps by another of these. Choose one with --port; 0 takes a free one.`,
      { cause: error },
    );
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    throw new InvalidOptionsError(`This machine can't listen there (${error.code}). See --host and --port.`, {
      cause: error,
    });
  }
  throw error;
}

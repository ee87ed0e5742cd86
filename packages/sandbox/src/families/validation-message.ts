import type { z } from "zod";

/** The first three faults of a body in one line: the published 400 has no field for them but its message. */
export function validationMessage(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${placeOf(issue.path)}: ${issue.message}`)
    .join("; ");
}

function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "body";
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

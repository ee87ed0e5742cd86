import { z } from "zod";

/**
 * A key that a family's schema does not have. The published roots of these families are not closed, so the upstream may
 * well ignore it; the sandbox refuses it, because what is ignored (a cap, a format) does not do what was asked.
 */
export const unsupported: z.ZodOptional<z.ZodUndefined> = z
  .undefined({ error: "not supported by this model" })
  .optional();

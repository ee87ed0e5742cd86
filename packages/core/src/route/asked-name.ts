/** The model's name that a request has; empty for a request without one, which is invalid. */
export function askedName(body: unknown): string {
  const model = (body as { readonly model?: unknown } | null | undefined)?.model;
  return typeof model === "string" && model.trim() !== "" ? model : "";
}

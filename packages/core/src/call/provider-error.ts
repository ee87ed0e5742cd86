import type { JsonObject } from "../request/wire-types.js";

/**
 * Whether a body is an error in the provider's own shape: the documented flat one, or OpenAI's. The flat one has to have its other
 * fields too, since proxies and clouds write a `message` of their own (AWS: `{"message": "Endpoint request timed out"}`).
 * Published bodies were seen without their commas, and a body may break off, so what is not valid JSON is searched for the fields.
 */
export function isProviderError(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const has = (name: string): boolean => new RegExp(`"${name}"\\s*:\\s*"?[^\\s"]`).test(text);
    if (/^\s*\{\s*"error"\s*:\s*\{/.test(text)) return has("message");
    return has("message") && has("statusCode") && TRACES.some(has);
  }
  return isErrorBody(value as JsonObject);
}

/** What the flat shape says beside its message and status. */
const TRACES = ["path", "requestId", "timestamp"] as const;

/** The status that an error names in its body, for one that came under another; 500 where it names none. */
export function statusIn(text: string): number {
  const status = Number(/"statusCode"\s*:\s*"?(\d+)/.exec(text)?.[1]);
  return status >= 400 && status < 600 ? status : 500;
}

/** As {@link isProviderError}, of a body that was read already. */
export function isErrorBody(body: Readonly<JsonObject>): boolean {
  const { error } = body;
  if (typeof error === "object" && error !== null) return isText((error as JsonObject).message);
  return isText(body.message) && Number(body.statusCode) >= 400 && TRACES.some((name) => isText(body[name]));
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

import { randomUUID } from "node:crypto";

/** `json`: as real answers have it. `published`: as the documentation prints it, which is not valid JSON. */
export type ErrorBodyStyle = "json" | "published";

export interface ErrorDetails {
  status: number;
  message: string;
  path: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * The flat error body. The documentation's own examples lack the commas and give `statusCode` as a string; real bodies
 * have commas and a number. A client has to read both.
 */
export function errorBody(details: ErrorDetails, style: ErrorBodyStyle): string {
  const { message, path, status } = details;
  const requestId = randomUUID();
  const timestamp = new Date(details.at).toISOString();
  if (style === "json") return JSON.stringify({ message, path, requestId, statusCode: status, timestamp });
  const fields = Object.entries({ message, path, requestId, statusCode: String(status), timestamp });
  return `{\n${fields.map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join("\n")}\n}`;
}

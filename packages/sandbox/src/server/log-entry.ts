import type { LoggedRequest } from "./request-log.js";

/** A request as it came. */
export interface ReceivedRequest {
  at: number;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  /** The body's text. */
  raw: string;
}

/** The line of a request that has arrived; of its key it keeps nothing. */
export function createEntry({ at, method, path, headers, raw }: ReceivedRequest): LoggedRequest {
  const body = parse(raw);
  const fields: { model?: unknown; stream?: unknown } = typeof body === "object" && body !== null ? body : {};
  const masked = Object.entries(headers).map(([name, value]) => [
    name,
    name === "authorization" ? "Bearer ***" : value,
  ]);
  return {
    at,
    method,
    path,
    model: typeof fields.model === "string" ? fields.model : undefined,
    body,
    headers: Object.fromEntries(masked),
    status: 0,
    outcome: "running",
    apiTokens: 0,
    streamed: fields.stream === true,
    aborted: false,
  };
}

/** The key of a request, or undefined where none was sent. */
export function readKey(authorization: string | null | undefined): string | undefined {
  return /^Bearer\s+(\S+)/i.exec(authorization ?? "")?.[1];
}

/** What is not JSON stays the text it is: the endpoint's schema refuses it. */
function parse(raw: string): unknown {
  if (raw === "") return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

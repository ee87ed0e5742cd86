import { createHash, timingSafeEqual } from "node:crypto";

/** Who may use the gateway. */
export interface GatewayClient {
  /** Stands in logs. */
  readonly name: string;
  /** What the client sends as `Authorization: Bearer` or, as Anthropic's do, as `x-api-key`; at least 16 characters. */
  readonly token: string;
  /**
   * Status of its answers once a quota is used up. 400 is for agents that wait or ask again after a 429, like aider.
   * @default 429, and 400 for opencode
   */
  readonly quotaStatus?: 400 | 429 | undefined;
}

/** Finds a client by a token of its own. Takes as long for a wrong token as for a right one. */
export type FindClient = (headers: Headers) => string | undefined;

export function createClientFinder(clients: readonly GatewayClient[]): FindClient {
  // Hashes have one length, as a comparison in constant time needs.
  const known = clients.map(({ name, token }) => ({ name, hash: hashOf(token) }));
  return (headers) => {
    let found: string | undefined;
    for (const token of tokensOf(headers)) {
      const hash = hashOf(token);
      for (const client of known) if (timingSafeEqual(client.hash, hash)) found = client.name;
    }
    return found;
  };
}

/** Whether a request shows a token, right or wrong. */
export function showsToken(headers: Headers): boolean {
  return headers.has("authorization") || headers.has("x-api-key");
}

/** A client that has both may have meant one of them for Anthropic. */
function tokensOf(headers: Headers): readonly string[] {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
  return [bearer, headers.get("x-api-key")].filter((token) => typeof token === "string");
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

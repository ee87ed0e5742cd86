import { createHash, timingSafeEqual } from "node:crypto";

/** Who may use the gateway. */
export interface GatewayClient {
  /** Stands in logs. */
  readonly name: string;
  /** What the client sends as `Authorization: Bearer`, at least 16 characters. */
  readonly token: string;
  /**
   * Status of its answers once a quota is used up. 400 is for agents that wait or ask again after a 429, like aider.
   * @default 429, and 400 for opencode
   */
  readonly quotaStatus?: 400 | 429 | undefined;
}

/** Finds a client by what it says in `Authorization`. Takes as long for a wrong token as for a right one. */
export type FindClient = (authorization: string | null) => string | undefined;

export function createClientFinder(clients: readonly GatewayClient[]): FindClient {
  // Hashes have one length, as a comparison in constant time needs.
  const known = clients.map(({ name, token }) => ({ name, hash: hashOf(token) }));
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    const hash = hashOf(token);
    let found: string | undefined;
    for (const client of known) if (timingSafeEqual(client.hash, hash)) found = client.name;
    return found;
  };
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

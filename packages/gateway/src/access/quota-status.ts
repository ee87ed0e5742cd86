import type { GatewayClient } from "./clients.js";
import { withHeader } from "./with-header.js";

/** Read by the engine's door. */
const HEADER = "x-laplas-quota-status";

/** Gives a client's request the status that its configuration asks for, unless the request asks for one itself. */
export function createQuotaStatus(
  clients: readonly GatewayClient[],
): (request: Request, client: string | undefined) => Request {
  const statuses = new Map(clients.map(({ name, quotaStatus }) => [name, quotaStatus]));
  return (request, client) => {
    const status = client === undefined ? undefined : statuses.get(client);
    if (status === undefined || request.headers.has(HEADER)) return request;
    return withHeader(request, HEADER, String(status));
  };
}

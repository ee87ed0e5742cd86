import type { ResolvedGatewayOptions } from "../gateway-options.js";
import { createClientFinder } from "./clients.js";
import { createHostGuard } from "./host-guard.js";
import type { GateReason } from "./refusals.js";

/** Who is at the gate. */
export interface Visitor {
  readonly path: string;
  readonly headers: Headers;
}

/** Whether a request gets in, judged by its head alone. */
export type Admittance =
  | { readonly isIn: true; readonly client: string | undefined }
  | { readonly isIn: false; readonly reason: GateReason };

/** Paths for machines that watch the gateway, and pictures, whose names can't be guessed: no token is asked for. */
const OPEN_PATHS = /^\/(health|ready|images\/[^/]+)$/;

/** One function, and no chain of middleware: each link would cost a promise on every call. */
export function createGate(options: ResolvedGatewayOptions): (visitor: Visitor) => Admittance {
  const { clients, maxBodyBytes } = options;
  const findClient = createClientFinder(clients);
  const guard = createHostGuard(options);
  return ({ path, headers }) => {
    const strange = guard(headers);
    if (strange !== undefined) return { isIn: false, reason: strange };
    let client: string | undefined;
    if (clients.length > 0 && !OPEN_PATHS.test(path)) {
      client = findClient(headers.get("authorization"));
      if (client === undefined) return { isIn: false, reason: "token" };
    }
    if (Number(headers.get("content-length") ?? 0) > maxBodyBytes) return { isIn: false, reason: "body" };
    return { isIn: true, client };
  };
}

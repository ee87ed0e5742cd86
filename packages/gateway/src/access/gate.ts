import type { ResolvedGatewayOptions } from "../gateway-options.js";
import { createClientFinder, showsToken } from "./clients.js";
import { createHostGuard } from "./host-guard.js";
import type { GateReason } from "./refusals.js";
import { createTokenThrottle } from "./token-throttle.js";

/** Who is at the gate. */
export interface Visitor {
  readonly method: string;
  readonly path: string;
  /** The IP address it comes from, if the server knows it. */
  readonly address?: string | undefined;
  readonly headers: Headers;
}

/** Whether a request gets in, judged by its head alone. */
export type Admittance = (
  | { readonly isIn: true; readonly client: string | undefined }
  | { readonly isIn: false; readonly reason: GateReason }
) & {
  /** Comes first where tokens are being guessed: false if too many wait for theirs. */
  readonly wait?: Promise<boolean> | undefined;
};

/** Paths for machines that watch the gateway, and pictures, whose names can't be guessed: no token is asked for. */
const OPEN_PATHS = /^\/(health|ready|images\/[^/]+)$/;

/** One function, and no chain of middleware: each link would cost a promise on every call. */
export function createGate(options: ResolvedGatewayOptions): (visitor: Visitor) => Admittance {
  const { clients, maxBodyBytes } = options;
  const findClient = createClientFinder(clients);
  const guard = createHostGuard(options);
  const throttle = createTokenThrottle(options);
  return ({ method, path, address, headers }) => {
    const strange = guard(method, headers);
    if (strange !== undefined) return { isIn: false, reason: strange };
    let client: string | undefined;
    let wait: Promise<boolean> | undefined;
    if (clients.length > 0 && !OPEN_PATHS.test(path)) {
      client = findClient(headers);
      // Without a token nothing was guessed.
      if (showsToken(headers)) wait = throttle.judge(address, client);
      if (client === undefined) return { isIn: false, reason: "token", wait };
    }
    if (Number(headers.get("content-length") ?? 0) > maxBodyBytes) return { isIn: false, reason: "body", wait };
    return { isIn: true, client, wait };
  };
}

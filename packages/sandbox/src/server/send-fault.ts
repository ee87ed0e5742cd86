import type { SandboxClock } from "../tier/clock.js";
import { hourlyLimit, invalidKey, spentBudget, tooManyRequests } from "../tier/refusal.js";
import { type Exchange, send, sendError } from "./exchange.js";
import type { ReplacingFault } from "./fault.js";

/** Only the 503 was published with a text. */
const serverErrors = {
  500: "Internal server error",
  502: "Bad Gateway",
  503: "Service unavailable",
  504: "Gateway Timeout",
} as const;

const publishedErrors = {
  401: invalidKey(),
  403: spentBudget("daily_quota"),
  429: hourlyLimit(),
  503: { status: 503, message: serverErrors[503] },
} as const;

/** Answers with a scripted fault and returns the status it sent; 0 where the connection was reset instead. */
export function sendFault(exchange: Exchange, fault: ReplacingFault, clock: SandboxClock): number {
  switch (fault.kind) {
    case "rateLimit": {
      const headers: Record<string, string> =
        fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) };
      sendError(exchange, tooManyRequests(), clock, "json", headers);
      return 429;
    }
    case "serverError": {
      const status = fault.status ?? 503;
      sendError(exchange, { status, message: serverErrors[status] }, clock, "json");
      return status;
    }
    case "html": {
      const status = fault.status ?? 502;
      const page = `<html>\n<head><title>${status}</title></head>\n<body><center><h1>${status}</h1></center></body>\n</html>\n`;
      send(exchange, status, page, { "content-type": "text/html" });
      return status;
    }
    case "garbage":
      send(exchange, 200, '{"id":"chatcmpl-\u0000,"choi');
      return 200;
    case "publishedError": {
      const error = publishedErrors[fault.status ?? 403];
      sendError(exchange, error, clock, "published");
      return error.status;
    }
    case "respond": {
      const body = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
      send(exchange, fault.status, body, fault.headers);
      return fault.status;
    }
    case "paymentRequired":
      sendError(exchange, { status: 402, message: "Payment Required" }, clock, "json");
      return 402;
    case "redirect": {
      const status = fault.status ?? 307;
      send(exchange, status, "", { location: fault.to });
      return status;
    }
    case "silent":
      return 0;
    case "reset":
      exchange.incoming.socket.resetAndDestroy();
      return 0;
  }
}

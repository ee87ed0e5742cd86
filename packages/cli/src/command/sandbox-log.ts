import { apiTokens, counted } from "@laplas/gateway/bodies";
import type { LoggedRequest, PresetSandbox, Sandbox } from "@laplas/sandbox";
import { paint } from "../terminal/paint.js";
import { printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import type { Terminal } from "../terminal/terminal.js";

/** The sandbox tells nobody of a request: its log is looked at this often. */
const LOOK_MS = 200;

/** Prints requests as they end. */
export function followLog(
  terminal: Terminal,
  sandbox: Sandbox | PresetSandbox,
  json: boolean,
): { readonly timer: NodeJS.Timeout; look(): void } {
  const charges = "preset" in sandbox ? "tokens" : "api_tokens";
  const printed: WeakSet<LoggedRequest> = new WeakSet();
  const look = (): void => {
    for (const request of sandbox.requests) {
      if (request.outcome === "running" || printed.has(request)) continue;
      printed.add(request);
      if (json) printJson(terminal, requestBody(request, charges));
      else printLines(terminal, [requestLine(request, charges)]);
    }
  };
  return { timer: setInterval(look, LOOK_MS), look };
}

/** What a request is charged in: another provider knows no API tokens. */
type Charges = "api_tokens" | "tokens";

function requestLine(
  { at, method, path, model, status, outcome, reason, apiTokens: charged }: LoggedRequest,
  charges: Charges,
): string {
  const color = outcome === "answered" ? "green" : outcome === "refused" ? "red" : "yellow";
  const time = new Date(at).toLocaleTimeString("en-GB");
  const what = reason === undefined ? outcome : `${outcome}: ${safeLine(reason)}`;
  const cost = charges === "tokens" ? counted(charged, "token") : apiTokens(charged);
  const parts = [
    paint("dim", time),
    method,
    safeLine(path),
    safeLine(model ?? ""),
    String(status),
    paint(color, what),
    outcome === "answered" ? cost : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function requestBody(request: LoggedRequest, charges: Charges): object {
  const { at, method, path, model, status, outcome, reason, apiTokens: cost, streamed, aborted } = request;
  return {
    object: "sandbox.request",
    at: new Date(at).toISOString(),
    method,
    path,
    model: model ?? null,
    status,
    outcome,
    reason: reason ?? null,
    [charges]: cost,
    streamed,
    aborted,
  };
}

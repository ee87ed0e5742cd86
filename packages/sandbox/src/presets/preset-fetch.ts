import { isSpoiling, type ReplacingFault } from "../server/fault.js";
import { createEntry, readKey } from "../server/log-entry.js";
import type { LoggedRequest } from "../server/request-log.js";
import { type PresetHandlerOptions, presetFault } from "./preset-handler.js";
import type { Reply } from "./preset-reply.js";

/**
 * The same provider without a socket: for tests in which time does not pass by itself. It answers at once, with the whole
 * stream in one piece, so faults that spoil an answer are not possible here.
 */
export function createPresetFetch(
  { upstream, clock, faults, log, preset }: PresetHandlerOptions,
  isDown: () => boolean,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (isDown()) throw failed("ECONNREFUSED");
    const entry = await readEntry(request, clock.now());
    log.open(entry);
    const scripted = faults.match(entry);
    if (scripted) {
      if (isSpoiling(scripted.fault))
        throw new TypeError(`the fault ${scripted.fault.kind} needs the sandbox's HTTP server`);
      scripted.spend();
      return replace(request, entry, scripted.fault);
    }
    const reply = upstream.receive(entry, readKey(request.headers.get("authorization")));
    reply.settle();
    entry.apiTokens = reply.tokens;
    log.close(entry, reply.outcome, reply.status, reply.reason);
    return responseOf(reply);
  };

  async function replace(request: Request, entry: LoggedRequest, fault: ReplacingFault): Promise<Response> {
    const close = (status: number): void => log.close(entry, "faulted", status, fault.kind);
    const error = presetFault(preset, fault);
    if (error) {
      close(error.status);
      return json(error.status, JSON.stringify(error.body), error.headers);
    }
    if (fault.kind === "redirect") {
      close(fault.status ?? 307);
      return new Response(null, { status: fault.status ?? 307, headers: { location: fault.to } });
    }
    if (fault.kind === "respond") {
      close(fault.status);
      return json(
        fault.status,
        typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body),
        fault.headers,
      );
    }
    close(0);
    if (fault.kind === "reset") throw failed("ECONNRESET");
    if (fault.kind === "silent") return new Promise((_, reject) => onAbort(request.signal, reject));
    throw new TypeError(`the fault ${fault.kind} needs the sandbox's HTTP server`);
  }
}

async function readEntry(request: Request, at: number): Promise<LoggedRequest> {
  const { pathname, search } = new URL(request.url);
  const headers = Object.fromEntries(request.headers);
  return createEntry({ at, method: request.method, path: pathname + search, headers, raw: await request.text() });
}

function responseOf({ status, headers, content }: Reply): Response {
  if (content.kind === "json") return json(status, content.body, headers);
  const events = Array.from({ length: content.count }, (_, index) => content.event(index));
  return new Response(events.join(""), {
    status,
    headers: { "content-type": "text/event-stream; charset=utf-8", ...headers },
  });
}

function json(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, { status, headers: { "content-type": "application/json; charset=utf-8", ...headers } });
}

/** As Node's own fetch puts it. */
function failed(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

function onAbort(signal: AbortSignal, reject: (reason: unknown) => void): void {
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
}

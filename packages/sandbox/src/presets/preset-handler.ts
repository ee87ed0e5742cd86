import { type Exchange, readExchange, send } from "../server/exchange.js";
import { type Fault, type FaultScript, isSpoiling, type ReplacingFault } from "../server/fault.js";
import type { RequestHandler } from "../server/handle-request.js";
import type { Pacer } from "../server/pacer.js";
import type { RequestLog } from "../server/request-log.js";
import type { RunningRequests } from "../server/running-requests.js";
import { type Pace, sendAnswer } from "../server/send-answer.js";
import { sendFault } from "../server/send-fault.js";
import type { SandboxClock } from "../tier/clock.js";
import type { ErrorReply, Preset } from "./preset.js";
import type { Reply } from "./preset-reply.js";
import type { PresetUpstream } from "./preset-upstream.js";

export interface PresetHandlerOptions {
  preset: Preset;
  upstream: PresetUpstream;
  clock: SandboxClock;
  faults: FaultScript;
  log: RequestLog;
  pace: Pace;
  pacer: Pacer;
  running: RunningRequests;
}

/** One request over HTTP: read, scripted fault, the provider's reply, sent as any answer of the sandbox. */
export function createPresetHandler(options: PresetHandlerOptions): RequestHandler {
  const { upstream, clock, faults, log } = options;
  return async (incoming, response) => {
    const exchange = await readExchange(incoming, response, clock);
    if (!exchange) return;
    const { entry, apiKey } = exchange;
    log.open(entry);
    const scripted = faults.match(entry);
    if (scripted && !isSpoiling(scripted.fault)) {
      scripted.spend();
      log.close(entry, "faulted", replace(exchange, scripted.fault), scripted.fault.kind);
      return;
    }
    const reply = upstream.receive(entry, apiKey);
    if (reply.outcome === "refused" || reply.outcome === "probe") {
      log.close(entry, reply.outcome, reply.status, reply.reason);
      const body = reply.content.kind === "json" ? reply.content.body : "";
      return send(exchange, reply.status, body, { ...reply.headers });
    }
    if (scripted) scripted.spend();
    await run(exchange, reply, scripted?.fault);
  };

  function replace(exchange: Exchange, fault: ReplacingFault): number {
    const error = presetFault(options.preset, fault);
    if (!error) return sendFault(exchange, fault, clock);
    send(exchange, error.status, JSON.stringify(error.body), error.headers);
    return error.status;
  }

  async function run(exchange: Exchange, reply: Reply, scripted: Fault | undefined): Promise<void> {
    const { entry, response } = exchange;
    const fault = scripted && isSpoiling(scripted) ? scripted : undefined;
    const finish = options.running.begin();
    let ourDoing = fault?.kind === "cut";
    response.once("close", () => {
      entry.aborted = !response.writableFinished && !ourDoing && !options.pacer.closed;
    });
    const settle = (): void => {
      reply.settle();
      entry.apiTokens = reply.tokens;
      const outcome = fault || reply.outcome !== "answered" ? "faulted" : "answered";
      log.close(entry, outcome, reply.status, fault?.kind ?? reply.reason);
      finish();
    };
    const { status, headers, content } = reply;
    const answer = { apiTokens: reply.tokens, content };
    try {
      await sendAnswer({ exchange, answer, fault, pace: options.pace, pacer: options.pacer, settle, status, headers });
    } finally {
      ourDoing = true;
      settle();
    }
  }
}

/** Faults that have words of the provider. */
export function presetFault({ words }: Preset, fault: ReplacingFault): ErrorReply | undefined {
  switch (fault.kind) {
    case "paymentRequired":
      return words.failed(402, "Payment Required");
    case "serverError":
      return words.failed(fault.status ?? 503, "Service unavailable");
    case "rateLimit": {
      const error = words.failed(429, "Too Many Requests");
      if (fault.retryAfterSeconds === undefined) return error;
      return { ...error, headers: { "retry-after": String(fault.retryAfterSeconds) } };
    }
    default:
      return undefined;
  }
}

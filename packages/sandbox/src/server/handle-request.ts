import type { IncomingMessage, ServerResponse } from "node:http";
import type { PictureStore } from "../images/picture-store.js";
import { modelList } from "../models/catalog.js";
import type { Account } from "../tier/account.js";
import type { SandboxClock } from "../tier/clock.js";
import { invalidKey, notFound, type Refusal } from "../tier/refusal.js";
import type { ErrorBodyStyle } from "./error-body.js";
import { type Exchange, readExchange, send, sendError } from "./exchange.js";
import { type FaultScript, isSpoiling } from "./fault.js";
import type { Endpoint, Job } from "./job.js";
import type { Pacer } from "./pacer.js";
import type { RequestLog } from "./request-log.js";
import { type Route, routeOf } from "./route.js";
import type { RunningRequests } from "./running-requests.js";
import { type Pace, sendAnswer } from "./send-answer.js";
import { sendFault } from "./send-fault.js";
import { servePicture } from "./serve-picture.js";

export interface HandlerOptions {
  endpoints: Record<Exclude<Route, "models">, Endpoint>;
  /** The account of a key, or undefined for a key that is not accepted. */
  accountOf: (apiKey: string) => Account | undefined;
  clock: SandboxClock;
  errorBodies: ErrorBodyStyle;
  faults: FaultScript;
  log: RequestLog;
  pace: Pace;
  pacer: Pacer;
  pictures: PictureStore;
  running: RunningRequests;
}

export type RequestHandler = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** One request from its arrival to its end: read, scripted fault, route, key, body, admission, answer. */
export function createRequestHandler(options: HandlerOptions): RequestHandler {
  const { clock, faults, log } = options;

  return async (incoming, response) => {
    if (servePicture(incoming, response, options.pictures)) return;
    const exchange = await readExchange(incoming, response, clock);
    if (!exchange) return;
    const { entry, apiKey } = exchange;
    log.open(entry);

    const scripted = faults.match(entry);
    if (scripted && !isSpoiling(scripted.fault)) {
      scripted.spend();
      log.close(entry, "faulted", sendFault(exchange, scripted.fault, clock), scripted.fault.kind);
      return;
    }

    const route = routeOf(entry.method, entry.path);
    if (!route) return refuse(exchange, notFound(entry.method, entry.path));
    if (route === "models") {
      log.close(entry, "answered", 200);
      return send(exchange, 200, modelList);
    }

    const account = apiKey === undefined ? undefined : options.accountOf(apiKey);
    if (!account) return refuse(exchange, invalidKey());
    const checked = options.endpoints[route](entry.body, entry);
    if ("refusal" in checked) return refuse(exchange, checked.refusal);
    const { job } = checked;
    const admission = account.admit({ model: job.model.id, zeroCost: job.zeroCost, tooDear: job.tooDear });
    if ("refusal" in admission) return refuse(exchange, admission.refusal, admission.probe);

    await run(exchange, job, admission.ticket.settle, scripted);
  };

  function refuse(exchange: Exchange, refusal: Refusal, probe = false): void {
    log.close(exchange.entry, probe ? "probe" : "refused", refusal.status, refusal.reason);
    sendError(exchange, refusal, clock, options.errorBodies);
  }

  async function run(
    exchange: Exchange,
    job: Job,
    charge: (apiTokens: number) => void,
    scripted: ReturnType<FaultScript["match"]>,
  ): Promise<void> {
    const { entry, response } = exchange;
    const fault = scripted && isSpoiling(scripted.fault) ? scripted.fault : undefined;
    if (fault) scripted?.spend();
    const finish = options.running.begin();
    let ourDoing = fault?.kind === "cut";
    response.once("close", () => {
      entry.aborted = !response.writableFinished && !ourDoing && !options.pacer.closed;
    });
    const answer = job.answer();
    const settle = () => {
      charge(answer.apiTokens);
      entry.apiTokens = answer.apiTokens;
      log.close(entry, fault ? "faulted" : "answered", 201, fault?.kind);
      finish();
    };
    try {
      await sendAnswer({ exchange, answer, fault, pace: options.pace, pacer: options.pacer, settle });
    } finally {
      ourDoing = true;
      settle();
    }
  }
}

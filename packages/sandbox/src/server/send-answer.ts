import type { Exchange } from "./exchange.js";
import type { SpoilingFault } from "./fault.js";
import type { Answer } from "./job.js";
import type { Pacer } from "./pacer.js";

export interface Pace {
  /** Wait before the first byte. */
  latencyMs: number;
  /** Wait between two chunks. */
  chunkDelayMs: number;
}

export interface Delivery {
  exchange: Exchange;
  answer: Answer;
  fault: SpoilingFault | undefined;
  pace: Pace;
  pacer: Pacer;
  /** Charges the key and frees its slot. Called before the last bytes leave, so that the next request finds it free. */
  settle: () => void;
  /** @default 201, as the published examples have it */
  status?: number;
  /** Further headers. */
  headers?: Readonly<Record<string, string>>;
}

type Events = Extract<Answer["content"], { kind: "events" }>;

/** Chunks written between two turns of the event loop when there is no delay. */
const burst = 32;

/**
 * Generates an answer at its own speed and sends it to whoever still listens. A client that goes away changes nothing
 * for the upstream: the answer is generated to its end, and the slot is held until then.
 */
export async function sendAnswer(delivery: Delivery): Promise<void> {
  const { exchange, answer, fault, pacer, status = 201, headers } = delivery;
  const { response } = exchange;
  const slow = fault?.kind === "slow" ? fault : undefined;
  const pace = {
    latencyMs: slow?.firstByteMs ?? delivery.pace.latencyMs,
    chunkDelayMs: slow?.chunkDelayMs ?? delivery.pace.chunkDelayMs,
  };
  if (pace.latencyMs > 0) await pacer.sleep(pace.latencyMs);
  await released(delivery, 0);
  if (answer.content.kind === "events") {
    const stream = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
    response.writeHead(status, { ...stream, ...headers });
    return sendEvents(delivery, answer.content, pace);
  }
  const { body } = answer.content;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  return sendBody(delivery, body, slow ? pace.chunkDelayMs : 0);
}

async function sendEvents(delivery: Delivery, events: Events, pace: Pace): Promise<void> {
  const { fault, pacer, settle } = delivery;
  const { response } = delivery.exchange;
  const breaksAt = isBreaking(fault) ? (fault.afterChunks ?? 1) : undefined;
  let broken = false;
  for (let index = 0; index < events.count; index += 1) {
    if (index > 0 && pace.chunkDelayMs > 0) await pacer.sleep(pace.chunkDelayMs);
    else if (index % burst === burst - 1) await pacer.breathe();
    if (index > 0) await released(delivery, index);
    if (pacer.closed) break;
    if (index === breaksAt) {
      broken = true;
      if (fault?.kind === "stall") await clientGone(delivery);
      else if (fault?.kind === "drip") await drip(delivery, ": still here\n\n", fault.everyMs);
      else await hangUp(delivery);
    }
    if (fault?.kind === "endless" && index === events.count - 1) await repeat(delivery, events);
    if (index === events.count - 1) settle();
    if (!broken && !response.destroyed) response.write(events.event(index));
  }
  settle();
  if (!broken) response.end();
}

/** A plain answer; in quarters when it is to be slow, in two halves of which the second is held or never comes when spoilt. */
async function sendBody(delivery: Delivery, body: string, delayMs: number): Promise<void> {
  const { exchange, fault, pacer, settle } = delivery;
  const { response } = exchange;
  if (isBreaking(fault)) {
    response.write(body.slice(0, body.length / 2));
    if (fault.kind === "cut") await hangUp(delivery);
    else if (fault.kind === "stall") await clientGone(delivery);
    else await drip(delivery, "\n ", fault.everyMs);
    return settle();
  }
  if (fault?.kind === "hold" && fault.afterChunks) {
    response.write(body.slice(0, body.length / 2));
    await released(delivery, fault.afterChunks);
    settle();
    response.end(body.slice(body.length / 2));
    return;
  }
  const size = delayMs > 0 ? Math.ceil(body.length / 4) : body.length;
  for (let at = size; at < body.length; at += size) {
    response.write(body.slice(at - size, at));
    await pacer.sleep(delayMs);
  }
  settle();
  response.end(body.slice(Math.floor((body.length - 1) / size) * size));
}

type BreakingFault = Extract<SpoilingFault, { kind: "cut" | "stall" | "drip" }>;

/** Whether an answer does not get beyond a chunk. */
function isBreaking(fault: SpoilingFault | undefined): fault is BreakingFault {
  return fault?.kind === "cut" || fault?.kind === "stall" || fault?.kind === "drip";
}

/** Writes what says nothing until the client leaves. */
async function drip({ exchange, pacer }: Delivery, text: string, everyMs = 5): Promise<void> {
  const { response } = exchange;
  while (!response.destroyed && !pacer.closed) {
    response.write(text);
    await pacer.sleep(everyMs);
  }
}

/** Writes all but the last chunk again and again, no faster than it is read, until the client leaves. */
async function repeat({ exchange, pacer }: Delivery, events: Events): Promise<void> {
  const { response } = exchange;
  while (!response.destroyed && !pacer.closed) {
    let hasRoom = true;
    for (let index = 0; index < events.count - 1 && !response.destroyed; index += 1) {
      hasRoom = response.write(events.event(index));
    }
    if (hasRoom) await pacer.breathe();
    else await pacer.until((resolve) => afterFirst(response, ["drain", "close"], resolve));
  }
}

/** Calls back once, and leaves no listener behind: an endless answer waits as often as it fills its buffer. */
function afterFirst(emitter: NodeJS.EventEmitter, names: readonly string[], done: () => void): void {
  const finish = (): void => {
    for (const name of names) emitter.off(name, finish);
    done();
  };
  for (const name of names) emitter.on(name, finish);
}

/** Waits for the test's word where the answer is held at this chunk. */
async function released({ fault, pacer }: Delivery, chunk: number): Promise<void> {
  if (fault?.kind !== "hold" || (fault.afterChunks ?? 0) !== chunk) return;
  await pacer.until((resolve) => void fault.until.then(resolve, resolve));
}

/** Closes the socket once what was written has left, so that exactly these chunks arrive. */
async function hangUp({ exchange, pacer }: Delivery): Promise<void> {
  const { response } = exchange;
  await pacer.until((resolve) => {
    response.once("close", resolve);
    response.write("", () => resolve());
    if (response.destroyed) resolve();
  });
  response.destroy();
}

async function clientGone({ exchange, pacer }: Delivery): Promise<void> {
  const { response } = exchange;
  await pacer.until((resolve) => {
    if (response.destroyed) resolve();
    else response.once("close", resolve);
  });
}

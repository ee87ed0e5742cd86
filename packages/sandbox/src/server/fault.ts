import type { LoggedRequest } from "./request-log.js";

/** What can be made to go wrong. The first group answers instead of the upstream, the second spoils its answer. */
export type Fault =
  /** 429 "Too Many Requests". */
  | { kind: "rateLimit"; retryAfterSeconds?: number }
  /** 5xx with the flat error body. Default 503. */
  | { kind: "serverError"; status?: 500 | 502 | 503 | 504 }
  /** An error page of a proxy. Default 502. */
  | { kind: "html"; status?: number }
  /** 200 with a body that is no JSON. */
  | { kind: "garbage" }
  /** An error as the documentation prints it: invalid JSON, `statusCode` a string. Default 403. */
  | { kind: "publishedError"; status?: 401 | 403 | 429 | 503 }
  /** Any status and body; an object is sent as JSON. */
  | { kind: "respond"; status: number; body: string | object; headers?: Record<string, string> }
  /** 402, as when the account owes something. */
  | { kind: "paymentRequired" }
  /** A redirect to another place. Default 307, which keeps method and body. */
  | { kind: "redirect"; to: string; status?: 301 | 302 | 303 | 307 | 308 }
  /** The connection is reset before a byte of the answer. */
  | { kind: "reset" }
  /** The request is taken and never answered. */
  | { kind: "silent" }
  /** The socket is closed after this many chunks (default 1); a plain answer loses its second half. */
  | { kind: "cut"; afterChunks?: number }
  /** Nothing more comes after this many chunks (default 1), for ever. */
  | { kind: "stall"; afterChunks?: number }
  /** From this many chunks (default 1) on, nothing but comments in a stream, blanks in a plain answer, for ever; real waits between. */
  | { kind: "drip"; afterChunks?: number; everyMs?: number }
  /** A stream that begins again before its last chunk, for ever, as if it had no limit; a plain answer as ever. */
  | { kind: "endless" }
  /** The whole answer, late and slowly. */
  | { kind: "slow"; firstByteMs?: number; chunkDelayMs?: number }
  /** The whole answer, but what follows this many chunks (default 0) waits until the promise settles. */
  | { kind: "hold"; until: PromiseLike<unknown>; afterChunks?: number };

/** Spoils an answer that the upstream did generate: such a request is admitted, and charged in full. */
export type SpoilingFault = Extract<Fault, { kind: "cut" | "stall" | "drip" | "endless" | "slow" | "hold" }>;
/** Comes instead of an answer: such a request is neither admitted nor charged. */
export type ReplacingFault = Exclude<Fault, SpoilingFault>;

export interface FaultOptions {
  /** How many requests meet it. @default 1 */
  times?: number;
  /** Which requests meet it. @default every POST */
  when?: (request: LoggedRequest) => boolean;
}

const spoiling: readonly Fault["kind"][] = ["cut", "stall", "drip", "endless", "slow", "hold"];

export function isSpoiling(fault: Fault): fault is SpoilingFault {
  return spoiling.includes(fault.kind);
}

export interface FaultScript {
  add(fault: Fault, options?: FaultOptions): void;
  /** The fault this request is to meet; `spend` says that it met it. */
  match(request: LoggedRequest): { fault: Fault; spend(): void } | undefined;
  clear(): void;
}

/** Scripted faults, the oldest first. A fault that spoils answers waits for a request that gets one. */
export function createFaultScript(): FaultScript {
  let script: { fault: Fault; left: number; when: (request: LoggedRequest) => boolean }[] = [];
  return {
    add(fault, options = {}) {
      const { times = 1, when = isPost } = options;
      if (!(times > 0)) throw new TypeError("fault: times must be a number above 0");
      script.push({ fault, left: times, when });
    },
    match(request) {
      const line = script.find((candidate) => candidate.when(request));
      if (!line) return undefined;
      return {
        fault: line.fault,
        spend() {
          line.left -= 1;
          if (line.left <= 0) script = script.filter((other) => other !== line);
        },
      };
    },
    clear() {
      script = [];
    },
  };
}

function isPost(request: LoggedRequest): boolean {
  return request.method === "POST";
}

import { type CostUnit, costIn, costOf, type LaplasEvent } from "@laplas/core";
import type { RequestScope } from "../log/request-log.js";
import { costBody } from "../routes/cost-body.js";
import { ownName } from "./own-name.js";
import { type Reason, readReason } from "./read-reason.js";
import type { ChangeBody, RecentCall } from "./recent-call.js";

type CallEvent = Extract<LaplasEvent, { type: "call" }>;

/** The newest calls, in memory: their circumstances, and their prompts only where the operator wants that. */
export interface RecentCalls {
  /** The engine tells that a call has ended. All that is done for one that went well is to keep a record of it. */
  ended(event: CallEvent, scope: RequestScope | undefined): void;
  /** Keeps the words that a request brings, until its call has ended. */
  asked(scope: RequestScope, prompt: string | undefined): void;
  /** Reads from an answer that is an error why, and gives an answer like it: a body can be read once. */
  explain(scope: RequestScope, response: Response): Promise<Response>;
  /** Those from this id on, oldest first. */
  list(from?: number): RecentCall[];
  /** Ids that came or changed since the last time, if somebody watches. */
  takeChanged(): number[];
  /** Hears that there is something to take; one listener, or none. */
  watch(listener: (() => void) | undefined): void;
}

interface Entry {
  readonly id: number;
  event: CallEvent | undefined;
  readonly scope: Pick<RequestScope, "client" | "path" | "userAgent" | "askedModel"> | undefined;
  at: Date;
  readonly prompt: string | undefined;
  reason: Reason | undefined;
  times: number;
}

const MOST_CALLS = 200;
/**
 * What is refused alike again and again is one entry if no more than this many others came between: a program that asks on after its
 * day is spent pushes no other calls out.
 */
const FOLD_WITHIN = 8;
/** Of the names that clients give. */
const LONGEST_NAME = 100;

/** What they are kept with. */
export interface RecentCallsOptions {
  readonly now: () => number;
  /** What costs are counted in. */
  readonly unit: CostUnit;
  /** Of several providers: what each counts in, by their ids. Calls are told with the one that was asked. */
  readonly units?: ReadonlyMap<string, CostUnit> | undefined;
}

export function createRecentCalls({ now, unit, units }: RecentCallsOptions): RecentCalls {
  /** A ring: the entry of an id stands at `id % MOST_CALLS`. */
  const ring: Entry[] = [];
  let nextId = 0;
  let changed = new Set<number>();
  let listener: (() => void) | undefined;
  /** Calls that went wrong, whose answers are on their way. */
  const unexplained = new WeakMap<RequestScope, Entry>();
  const prompts = new WeakMap<RequestScope, string>();

  const tell = (id: number): void => {
    if (listener === undefined) return;
    changed.add(id);
    listener();
  };
  const keep = (entry: Entry): Entry => {
    ring[entry.id % MOST_CALLS] = entry;
    nextId = entry.id + 1;
    changed.delete(entry.id - MOST_CALLS);
    tell(entry.id);
    return entry;
  };
  const latest = function* (count: number): Generator<Entry> {
    for (let id = nextId - 1; id >= Math.max(0, nextId - count); id -= 1) {
      const entry = ring[id % MOST_CALLS];
      if (entry !== undefined) yield entry;
    }
  };
  /** A request that the gateway turned away before there was a call. */
  const turnAway = (scope: RequestScope, reason: Reason): void => {
    for (const entry of latest(FOLD_WITHIN)) {
      const { event, reason: earlier, scope: other } = entry;
      if (event !== undefined || earlier?.code !== reason.code || other?.client !== scope.client) continue;
      entry.times += 1;
      entry.at = new Date(now());
      tell(entry.id);
      return;
    }
    keep({ id: nextId, event: undefined, scope, at: new Date(now()), prompt: undefined, reason, times: 1 });
  };

  /** The entry of a call that was refused like this one. */
  const refusedAlike = (event: CallEvent, scope: RequestScope | undefined, prompt: string | undefined) => {
    if (event.outcome !== "refused") return undefined;
    for (const entry of latest(FOLD_WITHIN)) {
      const { event: earlier, scope: other } = entry;
      const isAlike =
        earlier?.outcome === "refused" &&
        earlier.code === event.code &&
        earlier.model === event.model &&
        earlier.endpoint === event.endpoint &&
        other?.client === scope?.client &&
        other?.path === scope?.path &&
        entry.prompt === prompt;
      if (isAlike) return entry;
    }
    return undefined;
  };

  return {
    ended(told, scope) {
      const event = { ...told, model: ownName(told.model) };
      const prompt = scope === undefined ? undefined : prompts.get(scope);
      let entry = refusedAlike(event, scope, prompt);
      if (entry === undefined) {
        entry = keep({ id: nextId, event, scope, at: event.at, prompt, reason: undefined, times: 1 });
      } else {
        entry.event = event;
        entry.at = event.at;
        entry.times += 1;
        tell(entry.id);
      }
      if (scope !== undefined && event.outcome !== "answered") unexplained.set(scope, entry);
    },
    asked(scope, prompt) {
      if (prompt !== undefined) prompts.set(scope, prompt);
    },
    async explain(scope, response) {
      const entry = unexplained.get(scope);
      // What went wrong with looking at pictures, models and this page is no call's business.
      if (entry === undefined && scope.method !== "POST") return response;
      const { answer, reason } = await readReason(response);
      if (reason === undefined) return answer;
      if (entry === undefined) {
        turnAway(scope, reason);
      } else {
        entry.reason = reason;
        tell(entry.id);
      }
      return answer;
    },
    list(from = 0) {
      const first = Math.max(from, nextId - MOST_CALLS, 0);
      return Array.from({ length: nextId - first }, (_, index) => ring[(first + index) % MOST_CALLS]).flatMap(
        (entry) => (entry === undefined ? [] : [toRecentCall(entry, unit, units)]),
      );
    },
    takeChanged() {
      const taken = [...changed];
      changed = new Set();
      return taken;
    },
    watch(next) {
      listener = next;
      if (next === undefined) changed = new Set();
    },
  };
}

function changeBody({ field, from, to, rule, changesAnswer }: CallEvent["adjusted"][number]): ChangeBody {
  return { field, from: from ?? null, to, rule, changes_answer: changesAnswer ?? false };
}

function toRecentCall(
  { id, event, scope, at, prompt, reason, times }: Entry,
  common: CostUnit,
  units: RecentCallsOptions["units"],
): RecentCall {
  const own = event === undefined || event.outcome === "refused" ? undefined : units?.get(event.provider);
  const unit = own ?? common;
  return {
    id,
    at: at.toISOString(),
    surface: scope?.path.startsWith("/playground/") === true ? "playground" : "api",
    client: scope?.client ?? null,
    user_agent: scope?.userAgent ?? null,
    endpoint: event?.endpoint ?? null,
    model: event?.model ?? "",
    asked_model: scope?.askedModel?.slice(0, LONGEST_NAME) ?? null,
    path: event === undefined ? (scope?.path.slice(0, LONGEST_NAME) ?? null) : null,
    streamed: event?.streamed ?? false,
    outcome: event?.outcome ?? "refused",
    code: event?.code ?? reason?.code ?? null,
    message: reason?.message ?? null,
    rule: reason?.rule ?? null,
    resets_at: reason?.resetsAt ?? null,
    retry_after_ms: reason?.retryAfterMs ?? null,
    adjusted: event?.adjusted.map(changeBody) ?? [],
    truncated_by_tier: event?.truncatedByTier ?? false,
    input_tokens: event?.inputTokens ?? null,
    output_tokens: event?.outputTokens ?? null,
    parts: event?.parts ?? null,
    ended: event?.ended ?? null,
    waited_ms: event?.waitedMs ?? 0,
    duration_ms: event?.durationMs ?? 0,
    ...(own === undefined ? {} : { provider: event?.provider ?? "", unit: own.name }),
    ...costBody(costIn(unit, event === undefined ? 0 : costOf(event))),
    estimated: event?.estimated ?? false,
    request_id: event?.requestId ?? null,
    prompt: prompt ?? null,
    times,
  };
}

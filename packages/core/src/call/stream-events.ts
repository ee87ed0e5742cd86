import type { EventSourceMessage } from "eventsource-parser";
import { readUsage, type ToldUsage, type ToldUse } from "../cost/read-usage.js";
import { hideSecrets } from "../errors/hide-secrets.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { promptTexts } from "../request/text-of.js";
import type { ChatCompletionChunk, JsonObject, Usage } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import { checkChunk } from "./check-answer.js";
import { chatUsage } from "./count-usage.js";
import { followEnds } from "./end-choices.js";
import { findShape } from "./event-shape.js";
import { createChunkFiller } from "./fill-chunk.js";
import { parseObject } from "./parse-object.js";
import { type PreparedCall, type RequestBody, reportAdjustment } from "./prepared-call.js";
import { errorInAnswer, isErrorBody } from "./provider-error.js";
import { countAnswer } from "./runaway.js";

/** The way of an event to its reader. */
export interface PassEvent {
  /** @param raw as the server wrote it, where its shape is OpenAI's already */
  (chunk: ChatCompletionChunk, raw: string | undefined, size: number): void;
  /** The same for an event that says more of the answer and nothing else. Without it every event is parsed. */
  readonly text?: ((raw: string) => void) | undefined;
}

/** What has been seen of a stream. */
export interface StreamState {
  /** What the stream fails with. */
  failure: unknown;
  /** Whether that is an error in the provider's own words. */
  isRefused: boolean;
  /** Whether `[DONE]` has come. */
  isEnded: boolean;
  /** Whether the answer is whole: a reader loses nothing by what happens next. */
  isComplete: boolean;
  /** Whether it has outgrown its limit by so much that the rest is not read. */
  isCut: boolean;
  /** Whether any event has come, pings aside. */
  hasStarted: boolean;
  /** Whether any of them was part of an answer. */
  hasAnswer: boolean;
  /** Why each choice ended that has. */
  readonly reasons: string[];
  /** What the server has last said of the request's use. */
  told: ToldUse;
}

/** Reads the events of one stream. */
export interface StreamEvents {
  readonly state: Readonly<StreamState>;
  /** What has come, in characters as the model wrote them. */
  readonly characters: number;
  /** Passes an event on; whether it had content. After the first that makes no sense no other is looked at. */
  read(event: EventSourceMessage): boolean;
  /** Takes an error in the provider's own words. */
  refuse(error: unknown): void;
  fail(failure: unknown): void;
  /** At the end of the stream: passes on what was held back to be read together with the next event. */
  end(): void;
  /** Once the cost is settled: a chunk with nothing but usage. What the server did not say of it is estimated. `undefined` where nothing came. */
  usageChunk(): ChatCompletionChunk | undefined;
}

/** @param body as it was sent: its limit bounds the answer */
export function readStreamEvents(
  { options }: CallContext,
  plan: PreparedCall,
  body: RequestBody,
  pass: PassEvent,
): StreamEvents {
  const reader = plan.adapted.reader?.readStream(reportAdjustment(plan));
  const length = countAnswer(body);
  const fill = createChunkFiller();
  const ends = followEnds();
  const finder = findShape();
  const state: StreamState = {
    failure: undefined,
    isRefused: false,
    isEnded: false,
    isComplete: false,
    isCut: false,
    hasStarted: false,
    hasAnswer: false,
    reasons: [],
    told: {},
  };
  /** What the server has last said of its usage, and where. */
  let usage: unknown;
  let counts: ToldUsage["counts"] | undefined;
  /** The last chunk that was passed on, and the last that had nothing but usage. */
  let last: ChatCompletionChunk | undefined;
  let usageChunk: ChatCompletionChunk | undefined;

  const fail = (failure: unknown): void => {
    state.failure ??= failure;
  };

  const refuse = (error: unknown): void => {
    if (state.failure !== undefined) return;
    const said = (error as { message?: unknown } | null)?.message ?? error;
    const reason =
      typeof said === "string" ? hideSecrets(said, options.apiKey, promptTexts(plan.request)) : "no reason given";
    fail(new UpstreamError("unavailable", `The upstream broke its stream off: ${reason}`));
    state.isRefused = true;
  };

  /** @param raw its text, unless it is not the server's own @returns whether that is what its reader gets */
  const passOn = (original: ChatCompletionChunk, raw: string | undefined, size: number): boolean => {
    const read = ends.read(reader?.read(original) ?? original);
    if (read === undefined) return false;
    let chunk = read;
    const { choices } = chunk;
    if (choices.length > 0) {
      state.hasAnswer = true;
      state.isComplete = state.isEnded || ends.open.size === 0;
      for (const { finish_reason: reason } of choices) if (reason) state.reasons.push(reason);
    } else if (chunk.usage !== undefined) {
      if (isUsage(chunk.usage)) usageChunk = chunk;
      // Nothing but usage: it waits for the end, and what is none is for those who asked.
      if (isUsage(chunk.usage) || !plan.request.includeUsage) return false;
    }
    last = chunk;
    if (isUsage(chunk.usage)) {
      // Clients add up what several chunks say: it comes once, at the end.
      const { usage: _, ...others } = chunk;
      if (plan.request.includeUsage) chunk = { ...chunk, usage: null };
      else if (ends.open.size === 0 && choices.some(({ finish_reason: reason }) => reason)) {
        chunk = { ...others, usage: countUsage(costSoFar()) };
      } else chunk = others;
    }
    const asItCame = chunk === original ? raw : undefined;
    pass(chunk, asItCame, size);
    return asItCame !== undefined;
  };

  /** Ends the choices that are open. */
  const endOpen = (reason: string): void => {
    if (last === undefined || ends.open.size === 0) return;
    const { id, object, created, model } = last;
    const choices = [...ends.open].map((index) => ({ index, delta: {}, finish_reason: reason }));
    passOn({ id, object, created, model, choices }, undefined, 0);
  };

  /** Before it is settled. */
  const costSoFar = (): number => plan.totals.cost + (state.told.credits ?? 0);

  const countUsage = (cost: number): Usage => {
    const told = { use: state.told, counts: counts ?? readUsage({}, options.provider).counts };
    return chatUsage(plan, { usage, told }, length.characters, cost);
  };

  /** The server may say it in one event or in several, and once more in each. @returns whether it did */
  const readUse = (parsed: JsonObject): boolean => {
    const told = readUsage(parsed, options.provider);
    const hasTold = Object.keys(told.use).length > 0;
    if (hasTold) state.told = { ...state.told, ...told.use };
    if (isUsage(parsed.usage)) usage = parsed.usage;
    if (!hasTold && !isUsage(parsed.usage)) return false;
    counts = told.counts;
    return true;
  };

  const readChunk = (parsed: JsonObject, data: string): void => {
    const hasTold = readUse(parsed);
    let chunk: ChatCompletionChunk;
    try {
      chunk = checkChunk(fill(parsed) as unknown as ChatCompletionChunk);
    } catch (error) {
      fail(error);
      return;
    }
    const isTooLong = length.add(chunk);
    const isAsItCame = passOn(chunk, chunk === (parsed as unknown) ? data : undefined, data.length);
    if (isTooLong) cut();
    else if (isAsItCame && !hasTold && pass.text !== undefined) finder.learn(data, chunk);
  };

  /** Passes an event on that differs from one before in what it says alone: the same becomes of it. */
  const passAlike = (data: string): boolean => {
    const { shape } = finder;
    if (shape === undefined || (reader !== undefined && reader.passes?.(shape.index, shape.hasContent) !== true))
      return false;
    const characters = shape.match(data);
    if (characters === undefined) return false;
    last = shape.chunk;
    const isTooLong = length.addCharacters(characters);
    pass.text?.(data);
    if (isTooLong) cut();
    return true;
  };

  /** As its limit should have ended it. */
  const cut = (): void => {
    state.isCut = true;
    endOpen("length");
  };

  return {
    state,
    get characters() {
      const { said, thought } = length.characters;
      return said + thought;
    },
    read({ event, data }) {
      if (state.failure !== undefined || state.isCut || event === "ping") return false;
      if (passAlike(data)) return true;
      const parsed = data === "[DONE]" ? data : parseObject(data);
      if (parsed === undefined ? data.trim() === "" : isPing(parsed)) return false;
      state.hasStarted = true;
      if (typeof parsed === "string") {
        state.isEnded = state.isComplete = true;
        // Its server calls the answer whole and gives no reason: openai js throws for a choice without one.
        endOpen("stop");
      } else if (parsed === undefined) {
        const what = "An event of the upstream's stream is not a JSON object.";
        fail(new FatalUpstreamError("unexpected_response", what));
      } else if (errorInAnswer(parsed) || (parsed.choices === undefined && parsed.error !== undefined)) {
        refuse(errorInAnswer(parsed) ?? parsed.error);
      } else if (
        parsed.choices === undefined &&
        (event === "error" || isErrorBody(parsed, options.provider.signals.errorShapes))
      ) {
        refuse(parsed);
      } else readChunk(parsed, data);
      return true;
    },
    refuse,
    fail,
    end() {
      const rest = reader?.end();
      if (rest !== undefined) pass(rest, undefined, JSON.stringify(rest).length);
    },
    usageChunk() {
      if (last === undefined) return undefined;
      const { id, object, created, model } = last;
      return { id, object, created, model, ...usageChunk, choices: [], usage: countUsage(plan.totals.cost) };
    },
  };
}

function isUsage(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isPing(parsed: JsonObject | string): boolean {
  return typeof parsed === "object" && parsed.type === "ping" && parsed.choices === undefined;
}

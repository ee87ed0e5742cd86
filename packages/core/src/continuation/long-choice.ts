import type { ChatDelta, JsonObject } from "../request/wire-types.js";
import type { ChunkChoice, EndedPart, LongChoice, LongChoiceOptions, PartTokens } from "./choice-types.js";
import type { Ended } from "./ended.js";
import type { FollowUp } from "./follow-up.js";
import type { Joining } from "./joining.js";
import { matchesSchema } from "./match-schema.js";
import { planPart } from "./plan-part.js";
import { createStrands, type Given, nothingGiven, toDelta } from "./strands.js";

/** Fewer are not worth a request that reads the prompt again. */
const LEAST_TOKENS = 16;
/** What is asked for twice without success is given up. */
const MOST_FAILURES = 2;
/** A call that ends before so much of its limit was used is not cut: the model wrote what does not parse. */
const NEAR_THE_CAP = 0.9;
const OPENING_FENCE = /^\s*```(?:json)?\s*\n/i;

/** @param index its number in the answer */
export function createLongChoice(index: number, options: LongChoiceOptions): LongChoice {
  const { begun, json, most, maxTokens, capTokens } = options;
  const strands = createStrands(json !== undefined, options.stops);
  let reason: string | null = null;
  let followUps = 0;
  let failures = 0;
  let keptTokens = 0;
  /** The limit of the part that runs. */
  let sentTokens = capTokens;
  /** Whether a part was asked to go on with what came: then the whole was put together here. */
  let hasJoined = false;
  /** It has what is passed on as it is: a refusal, or a function of the kind before tools. */
  let isForeign = false;
  let isRefused = false;
  let ended: Ended | undefined;
  let endReason: string | null = "length";
  let asked: FollowUp | undefined;
  /** Absent where the part that runs begins the answer. */
  let joining: Joining | undefined;
  let lengthBefore = 0;
  let callsBefore = 0;
  /** What is passed on beside text and calls, of a part that begins the answer. */
  let others: JsonObject = {};

  const end = (why: Ended, as: string | null = "length"): void => {
    if (ended !== undefined) return;
    ended = why;
    endReason = as;
  };

  const readBeginning = (choice: ChunkChoice): ChunkChoice | undefined => {
    const { content, tool_calls: calls, ...more } = choice.delta ?? {};
    if (more.function_call || more.refusal) isForeign = true;
    const given = nothingGiven();
    // What was asked for as JSON in words may stand in a fence, which is not part of it.
    const isFenced = json !== undefined && choice.finish_reason === "length" && strands.current === undefined;
    strands.readContent(isFenced ? (content ?? "").replace(OPENING_FENCE, "") : (content ?? ""), given);
    strands.readCalls(calls ?? [], given);
    const isSame = (content ?? "") === given.content && argumentsIn(calls) === argumentsIn(given.calls);
    if (isSame && !choice.finish_reason && followUps === 0) return choice;
    // Thoughts are not repeated, and the role was said.
    const { role: _, reasoning_content: _thoughts, ...rest } = more;
    const kept = followUps === 0 ? more : rest;
    if (followUps > 0) others = { ...others, ...rest };
    const delta = { ...kept, ...(content === "" && followUps === 0 ? { content } : {}), ...toDelta(given) };
    return Object.keys(delta).length === 0 ? undefined : { ...choice, index, delta, finish_reason: null };
  };

  const readOn = (choice: ChunkChoice, join: Joining): ChunkChoice | undefined => {
    const { content, refusal, tool_calls: calls, function_call: legacy } = choice.delta ?? {};
    const given = nothingGiven();
    if (refusal) isRefused = true;
    if (content && !join.isEnded) {
      join.read(content);
      if (join.isOver) strands.giveAll(given);
      else strands.give(given);
    } else if (content && join.end() !== "none") strands.readContent(content, given);
    const passed = readCallsBehind(calls ?? [], legacy, join, given);
    const delta = { ...passed, ...toDelta(given) };
    return Object.keys(delta).length === 0 ? undefined : { ...choice, index, delta, finish_reason: null };
  };

  /** A call may follow a text; of one that comes in place of the echo nobody knows what is missing before it. */
  const readCallsBehind = (
    calls: NonNullable<ChatDelta["tool_calls"]>,
    legacy: unknown,
    join: Joining,
    given: Given,
  ): ChatDelta => {
    const isText = strands.current?.call === undefined || join.isEnded;
    if ((calls.length === 0 && !legacy) || !isText || join.isOver || join.end() === "none") return {};
    strands.readCalls(
      calls.map((call) => ({ ...call, index: callsBefore + call.index })),
      given,
    );
    if (!legacy) return {};
    isForeign = true;
    others = { ...others, function_call: legacy };
    return { function_call: legacy };
  };

  /** Ends an answer whose model says that it is whole. What was put together as JSON has to be what was asked for. */
  const complete = (as: string | null): void => {
    const { current } = strands;
    const isCall = current?.call !== undefined;
    if (!hasJoined || current === undefined || !(isCall || json !== undefined)) {
      end("complete", as);
      return;
    }
    const schema = current.call === undefined ? json?.schema : options.schemaOf(current.call.name);
    const isSound = matchesSchema(isCall ? current.said : begun + current.said, schema);
    if (isSound) end("complete", isCall ? "tool_calls" : "stop");
    else end("no_proof");
  };

  const isCut = (tokens: number, isEstimated: boolean): boolean => {
    const { current } = strands;
    if (current?.call === undefined) return reason === "length";
    if (parses(current.said)) return false;
    if (reason === "length") return true;
    // Some servers say of a cut call that it is one.
    const isNear = isEstimated || sentTokens === undefined || tokens >= sentTokens * NEAR_THE_CAP;
    return current.said !== "" && isNear && (reason === "tool_calls" || reason === "stop" || reason === null);
  };

  /** Nothing came that can be used: once more, or no more. */
  const failPart = (why: Ended): void => {
    failures += 1;
    if (failures >= MOST_FAILURES) end(why);
  };

  /** What a part has used. Of one that its limit has cut it is known, though the server says nothing. */
  const usedBy = ({ all, isEstimated }: PartTokens): number => {
    return isEstimated && reason === "length" ? Math.max(all, sentTokens ?? 0) : all;
  };

  const endBeginning = (tokens: PartTokens): EndedPart => {
    const all = usedBy(tokens);
    keptTokens += all;
    const isNothing = strands.current === undefined || strands.current.said.trim() === "";
    if (isForeign) end(reason === "length" ? "no_proof" : "complete", reason);
    else if (isNothing && reason === "length") failPart("thoughts");
    else if (isCut(all, tokens.isEstimated)) failures = 0;
    // Cut behind a call that is whole: it stands.
    else complete(reason === "length" ? "tool_calls" : reason);
    return { seam: isNothing ? "none" : "first", keptTokens: all };
  };

  const endJoined = (join: Joining, tokens: PartTokens): EndedPart => {
    const all = usedBy(tokens);
    const seam = join.end();
    const kept = Math.max(0, strands.length - lengthBefore);
    const share = join.characters === 0 ? 0 : Math.min(1, kept / join.characters);
    const used = Math.max(0, all - tokens.thoughts) * share;
    keptTokens += used;
    if (isRefused) end("refused");
    else if (seam === "none") failPart(join.characters === 0 ? "thoughts" : "no_proof");
    else if (isForeign) end(reason === "length" ? "no_proof" : "complete", reason);
    else if (join.isBroken) end("no_proof");
    else if (seam === "nothing_missing") complete("stop");
    else if (join.isOver) complete("stop");
    else if (reason === "content_filter") end("refused", reason);
    else if (!isCut(all, tokens.isEstimated)) complete(reason);
    else if (!join.hasNew && strands.calls === callsBefore) failPart("thoughts");
    else failures = 0;
    return {
      seam,
      keptTokens: used,
      ...(asked?.kind === "instruction" ? { obeyed: seam === "echo" || seam === "nothing_missing" } : {}),
    };
  };

  const ask = (left: number | undefined): FollowUp | undefined => {
    // Its name was given: asked for again, the call would begin twice. Of nothing no end can be repeated.
    if (strands.current?.call !== undefined && strands.current.said.trim() === "") {
      end("no_proof");
      return undefined;
    }
    const shown = strands.soundPart();
    const strand = strands.current;
    if (shown === undefined || strand === undefined) return { kind: "again", maxTokens: left };
    const tokensPerCharacter = keptTokens / Math.max(1, strands.length);
    const part = planPart({ strand, shown, left, tokensPerCharacter, insist: failures > 0 }, options);
    if (part === "repeating") end("repeating");
    // Nothing is missing; or its limit came before the first value, where some servers say an empty object.
    else if (part === "closed" && shown.trim() === "{}") end("no_proof");
    else if (part === "closed") complete("stop");
    if (typeof part === "string") return undefined;
    lengthBefore = strands.length - (strand.said.length - shown.length);
    callsBefore = strands.calls;
    joining = part.joining;
    hasJoined = true;
    return part.followUp;
  };

  return {
    get ended() {
      return ended;
    },
    get hasFollowUps() {
      return followUps > 0;
    },
    get message() {
      return { ...others, ...strands.message };
    },
    read(choice) {
      if (ended !== undefined) return undefined;
      if (choice.finish_reason) reason = choice.finish_reason;
      return joining === undefined ? readBeginning(choice) : readOn(choice, joining);
    },
    endPart: (tokens) => (joining === undefined ? endBeginning(tokens) : endJoined(joining, tokens)),
    followUp() {
      if (ended !== undefined) return undefined;
      const left = maxTokens === undefined ? undefined : Math.floor(maxTokens - keptTokens);
      if (followUps >= most) end("parts");
      else if (left !== undefined && left < LEAST_TOKENS) end("max_tokens");
      if (ended !== undefined) return undefined;
      followUps += 1;
      reason = null;
      joining = undefined;
      asked = ask(left);
      sentTokens = Math.min(capTokens ?? Number.POSITIVE_INFINITY, asked?.maxTokens ?? Number.POSITIVE_INFINITY);
      return asked;
    },
    fail: (why) => end(why),
    last() {
      const given = nothingGiven();
      strands.giveAll(given);
      return { index, delta: toDelta(given), finish_reason: endReason };
    },
  };
}

function argumentsIn(calls: ChatDelta["tool_calls"]): string {
  return (calls ?? []).map((call) => call.function?.arguments ?? "").join("");
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

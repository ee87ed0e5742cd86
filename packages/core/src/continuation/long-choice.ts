import type { ChatAnswerMessage, ChatCompletionChunk } from "../request/wire-types.js";
import type { Ended, SeamKind } from "./ended.js";
import { findAnchor } from "./find-anchor.js";
import type { FollowUp } from "./follow-up.js";
import { type ContinuedText, marksFor } from "./instruction.js";
import { createJoining, type Joining } from "./joining.js";
import { createJSONText } from "./json-text.js";
import { matchesSchema } from "./match-schema.js";
import { createSeam } from "./seam.js";
import { createStrands, nothingGiven, toDelta } from "./strands.js";

type Choice = ChatCompletionChunk["choices"][number];

/** What is known of an answer that may be longer than the tier allows, before it begins. */
export interface LongChoiceOptions {
  /** What the caller has begun the answer with: the model goes on behind it. */
  readonly begun: string;
  /** That it has to be JSON. */
  readonly json?: { readonly schema: unknown };
  /** The caller's stops: they may lie across a seam. */
  readonly stops: readonly string[];
  /** The schema of a tool's arguments. */
  schemaOf(tool: string): unknown;
  /** Whether the model goes on behind a text that it is given as its own. */
  readonly takesPrefill: boolean;
  /** Whether a part is also taken without proof. */
  readonly takesUnproved: boolean;
  /** Follow-ups, at most. */
  readonly most: number;
  /** The caller's own limit, in model tokens. */
  readonly maxTokens: number | undefined;
  /** That of one request. */
  readonly capTokens: number | undefined;
}

/** What a part's answer has used, in model tokens. */
export interface PartTokens {
  readonly all: number;
  readonly thoughts: number;
}

/** How a part came out. */
export interface EndedPart {
  readonly seam: SeamKind;
  /** Whether the model kept to the form that it was asked for; absent where it was asked for none. */
  readonly obeyed?: boolean;
  /** Model tokens of what was kept. */
  readonly keptTokens: number;
}

/** One choice of an answer, put together from several requests. */
export interface LongChoice {
  /** Takes an event of the part that runs. @returns what the caller gets of it: the same object where nothing changes, `undefined` where nothing is left */
  read(choice: Choice): Choice | undefined;
  /** The part has ended. */
  endPart(tokens: PartTokens): EndedPart;
  /** What to ask next; `undefined` where the answer has ended. */
  followUp(): FollowUp | undefined;
  /** The follow-up was not answered, or not to its end. */
  fail(why: Ended): void;
  /** Whether anything was asked for after its first part. */
  readonly isContinued: boolean;
  /** Why it ended; `undefined` while it goes on. */
  readonly ended: Ended | undefined;
  /** What is left to say when it has ended, with the reason. */
  last(): Choice;
  /** All that was said, as a message has it. */
  readonly message: Pick<ChatAnswerMessage, "content" | "tool_calls">;
}

/** Fewer are not worth a request that reads the prompt again. */
const LEAST_TOKENS = 16;
/** An echo takes at least a token for so many characters: what it takes is beside the caller's limit. */
const CHARACTERS_PER_ECHO_TOKEN = 5;
/** What is asked for twice without success is given up. */
const MOST_FAILURES = 2;
/** A call that ends before so much of its limit was used is not cut: the model wrote what does not parse. */
const NEAR_THE_CAP = 0.9;
const OPENING_FENCE = /^\s*```(?:json)?\s*\n/i;

/** @param index its number in the answer */
export function createLongChoice(index: number, options: LongChoiceOptions): LongChoice {
  const { begun, json, takesPrefill, takesUnproved, most, maxTokens, capTokens } = options;
  const strands = createStrands(json !== undefined, options.stops);
  let reason: string | null = null;
  let followUps = 0;
  let failures = 0;
  let keptTokens = 0;
  let isContinued = false;
  /** It has what is passed on as it is: a refusal, or a function of the kind before tools. */
  let isForeign = false;
  let isRefused = false;
  let ended: Ended | undefined;
  let endReason: string | null = "length";
  /** Absent where the part that runs begins the answer. */
  let joining: Joining | undefined;
  let isInstructed = false;
  let lengthBefore = 0;

  const end = (why: Ended, as: string | null = "length"): void => {
    ended ??= why;
    endReason = as;
  };

  const readBeginning = (choice: Choice): Choice | undefined => {
    const { content, tool_calls: calls, ...others } = choice.delta ?? {};
    if (others.function_call || others.refusal) isForeign = true;
    const given = nothingGiven();
    // What was asked for as JSON in words may stand in a fence, which is not part of it.
    const isFenced = json !== undefined && choice.finish_reason === "length" && strands.current === undefined;
    strands.readContent(isFenced ? (content ?? "").replace(OPENING_FENCE, "") : (content ?? ""), given);
    strands.readCalls(calls ?? [], given);
    const isSame = (content ?? "") === given.content && argumentsIn(calls) === argumentsIn(given.calls);
    if (isSame && !choice.finish_reason && followUps === 0) return choice;
    const kept = followUps === 0 ? others : {};
    const delta = { ...kept, ...(content === "" && followUps === 0 ? { content } : {}), ...toDelta(given) };
    return Object.keys(delta).length === 0 ? undefined : { ...choice, index, delta, finish_reason: null };
  };

  /** Thoughts are not repeated, and the role was said. */
  const readOn = (choice: Choice, join: Joining): Choice | undefined => {
    const { content, refusal, tool_calls: calls } = choice.delta ?? {};
    const given = nothingGiven();
    if (refusal) isRefused = true;
    if (content) {
      join.read(content);
      if (join.isOver) strands.giveAll(given);
      else strands.give(given);
    }
    // A call may follow a text; of one that comes in place of the echo nobody knows what is missing before it.
    const isText = strands.current?.call === undefined || join.isEnded;
    if (calls?.length && !join.isOver && isText && join.isProved) {
      join.end();
      strands.readCalls(calls, given);
    }
    const delta = toDelta(given);
    return Object.keys(delta).length === 0 ? undefined : { ...choice, index, delta, finish_reason: null };
  };

  /** Ends an answer whose model says that it is whole. What was put together as JSON has to be what was asked for. */
  const complete = (as: string | null): void => {
    const { current } = strands;
    const isCall = current?.call !== undefined;
    if (!isContinued || current === undefined || !(isCall || json !== undefined)) {
      end("complete", as);
      return;
    }
    const schema = current.call === undefined ? json?.schema : options.schemaOf(current.call.name);
    const isSound = matchesSchema(isCall ? current.said : begun + current.said, schema);
    if (isSound) end("complete", isCall ? "tool_calls" : "stop");
    else end("no_proof");
  };

  const isCut = (tokens: number): boolean => {
    const { current } = strands;
    if (current?.call === undefined) return reason === "length";
    if (parses(current.said)) return false;
    if (reason === "length") return true;
    // Some servers say of a cut call that it is one.
    const isNear = capTokens === undefined || tokens >= capTokens * NEAR_THE_CAP;
    return current.said !== "" && isNear && (reason === "tool_calls" || reason === "stop" || reason === null);
  };

  /** Nothing came that can be used: once more, or no more. */
  const failPart = (why: Ended): void => {
    failures += 1;
    if (failures >= MOST_FAILURES) end(why);
  };

  const endBeginning = ({ all }: PartTokens): EndedPart => {
    keptTokens += all;
    const isNothing = strands.current === undefined;
    if (isForeign) end(reason === "length" ? "no_proof" : "complete", reason);
    else if (isNothing && reason === "length") failPart("thoughts");
    else if (isCut(all)) failures = 0;
    else complete(reason);
    return { seam: isNothing ? "none" : "first", keptTokens: all };
  };

  const endJoined = (join: Joining, { all, thoughts }: PartTokens): EndedPart => {
    const seam = join.end();
    const kept = Math.max(0, strands.length - lengthBefore);
    const share = join.characters === 0 ? 0 : Math.min(1, kept / join.characters);
    const used = Math.max(0, all - thoughts) * share;
    keptTokens += used;
    if (isRefused) end("refused");
    else if (seam === "none") failPart(join.characters === 0 ? "thoughts" : "no_proof");
    else if (join.isBroken) end("no_proof");
    else if (seam === "nothing_missing") complete("stop");
    else if (join.isOver) complete("stop");
    else if (reason === "content_filter") end("refused", reason);
    else if (!isCut(all)) complete(reason);
    else if (kept === 0) failPart("thoughts");
    else failures = 0;
    return {
      seam,
      keptTokens: used,
      ...(isInstructed ? { obeyed: seam === "echo" || seam === "nothing_missing" } : {}),
    };
  };

  const ask = (left: number | undefined): FollowUp | undefined => {
    const shown = strands.soundPart();
    const strand = strands.current;
    if (shown === undefined || strand === undefined) return { kind: "again", maxTokens: left };
    const { call } = strand;
    const isAnswer = call === undefined && json === undefined;
    const what: ContinuedText = call !== undefined ? { tool: call.name } : isAnswer ? "answer" : "json";
    const text = call === undefined ? begun + shown : shown;
    const parts = {
      strand,
      shown,
      json: isAnswer ? undefined : createJSONText(text),
      stops: call === undefined ? options.stops : [],
    };
    isContinued = true;
    lengthBefore = strands.length - (strand.said.length - shown.length);
    if (takesPrefill) {
      joining = createJoining({ ...parts, seam: undefined });
      return { kind: "prefill", text: shown, what, maxTokens: left };
    }
    const anchor = findAnchor(text);
    if (anchor === undefined) return undefined;
    const marks = marksFor(text);
    const seam = createSeam({ text, anchor, marks, isPlainAllowed: takesUnproved && isAnswer });
    joining = createJoining({ ...parts, seam });
    isInstructed = true;
    const room = left === undefined ? undefined : left + Math.floor(anchor.length / CHARACTERS_PER_ECHO_TOKEN);
    return { kind: "instruction", text: shown, what, anchor, marks, insist: failures > 0, maxTokens: room };
  };

  return {
    get ended() {
      return ended;
    },
    get isContinued() {
      return followUps > 0;
    },
    get message() {
      return strands.message;
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
      isInstructed = false;
      const followUp = ask(left);
      if (followUp === undefined) end("repeating");
      return followUp;
    },
    fail: (why) => end(why),
    last() {
      const given = nothingGiven();
      strands.giveAll(given);
      return { index, delta: toDelta(given), finish_reason: endReason };
    },
  };
}

function argumentsIn(calls: Choice["delta"]["tool_calls"]): string {
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

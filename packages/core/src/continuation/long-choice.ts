import { beginningOfStop, firstStop } from "../dialect/find-stop.js";
import type { ChatAnswerMessage, ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import { endToHold } from "./end-to-hold.js";
import type { Ended, SeamKind } from "./ended.js";
import { findAnchor } from "./find-anchor.js";
import type { FollowUp } from "./follow-up.js";
import { type ContinuedText, marksFor } from "./instruction.js";
import { createJSONText, type JSONText } from "./json-text.js";
import { matchesSchema } from "./match-schema.js";
import { createSeam, type Seam } from "./seam.js";
import {
  type CalledTool,
  type Given,
  give,
  messageOf,
  nothingGiven,
  type Strand,
  soundPart,
  toDelta,
} from "./strand.js";

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
  /** Whether a follow-up has gone on with it. */
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
  const { begun, json, stops, takesPrefill, takesUnproved, most, maxTokens, capTokens } = options;
  const strands: Strand[] = [];
  let strand: Strand | undefined;
  let reason: string | null = null;
  let followUps = 0;
  let failures = 0;
  let keptTokens = 0;
  /** Whether another part was asked to go on with what came. */
  let isContinued = false;
  let ended: Ended | undefined;
  let endReason: string | null = "length";

  // Of the follow-up that runs:
  let asked: FollowUp | undefined;
  let seam: Seam | undefined;
  let rest: JSONText | undefined;
  /** What the model was shown of the strand. */
  let shown = "";
  let isJoined = false;
  /** Nothing that follows belongs to the answer. */
  let isOver = false;
  let isRefused = false;
  let isForeign = false;
  let characters = 0;
  let before = 0;

  const end = (why: Ended, with_: string | null = "length"): undefined => {
    ended ??= why;
    endReason = with_;
  };
  const heldOf = (one: Strand): number => {
    if (one.call !== undefined) return endToHold(one.said, true);
    return Math.max(endToHold(one.said, json !== undefined), beginningOfStop(one.said, stops));
  };
  const strandFor = (call?: CalledTool): Strand => {
    const known = strands.find((one) => one.call?.index === call?.index);
    if (known !== undefined) return known;
    const created: Strand = { ...(call === undefined ? {} : { call }), said: "", given: 0 };
    strands.push(created);
    return created;
  };
  /** What is said from here on is another strand's: the one before is whole. */
  const turnTo = (next: Strand, given: Given): void => {
    if (strand !== undefined && strand !== next) give(strand, 0, given);
    strand = next;
  };

  const readContent = (content: string, given: Given): void => {
    if (content === "") return;
    const text = strandFor();
    turnTo(text, given);
    text.said += content;
    give(text, heldOf(text), given);
  };

  const readCalls = (calls: NonNullable<ChatDelta["tool_calls"]>, given: Given): void => {
    for (const call of calls) {
      const { arguments: piece = "", ...named } = call.function ?? {};
      const one = strandFor({ index: call.index, id: call.id ?? "", name: named.name ?? "" });
      turnTo(one, given);
      const isBegin = call.id !== undefined || named.name !== undefined;
      if (isBegin) given.calls.push({ ...call, function: { ...named, arguments: "" } });
      one.said += piece;
      give(one, heldOf(one), given);
    }
  };

  const readFirst = (choice: Choice): Choice | undefined => {
    // Functions of the first edition of tools, and refusals, are passed on and not continued.
    if (choice.delta?.function_call || choice.delta?.refusal) isForeign = true;
    const { content, tool_calls: calls, ...others } = choice.delta ?? {};
    const given = nothingGiven();
    const isCut = choice.finish_reason === "length";
    const isFenced = isCut && json !== undefined && typeof content === "string" && strands.length === 0;
    readContent(isFenced ? content.replace(OPENING_FENCE, "") : (content ?? ""), given);
    readCalls(calls ?? [], given);
    const isSame = (content ?? "") === given.content && argumentsIn(calls) === argumentsIn(given.calls);
    if (isSame && !choice.finish_reason) return choice;
    const kept = asked === undefined ? others : {};
    const delta = { ...kept, ...(typeof content === "string" && content === "" ? { content } : {}), ...toDelta(given) };
    return Object.keys(delta).length === 0 ? undefined : { ...choice, delta, finish_reason: null };
  };

  /** Adds what follows the seam. */
  const join = (piece: string): void => {
    if (strand === undefined || piece === "" || isOver) return;
    let text = piece;
    if (!isJoined) {
      isJoined = true;
      const held = strand.said.slice(shown.length);
      strand.said = shown;
      // The model was not shown the white space at the end, and may go on as if it had been.
      if (held.trim() === "" && text.trimStart() === text) text = held + text;
    }
    strand.said += rest === undefined ? text : rest.read(text);
    if (rest?.isClosed === true) isOver = true;
    if (strand.call !== undefined) return;
    const from = Math.max(0, shown.length - Math.max(0, ...stops.map(({ length }) => length)));
    const stop = firstStop(strand.said.slice(from), stops);
    if (stop === -1) return;
    strand.said = strand.said.slice(0, from + stop);
    isOver = true;
    reason = "stop";
  };

  const isProved = (): boolean => asked?.kind === "prefill" || seam?.isProved === true;

  const readFollowUp = (choice: Choice): Choice | undefined => {
    const { content, refusal, tool_calls: calls } = choice.delta ?? {};
    const given = nothingGiven();
    if (typeof refusal === "string" && refusal !== "") isRefused = true;
    if (typeof content === "string" && content !== "" && !isOver) {
      characters += content.length;
      join(seam === undefined ? content : seam.read(content));
      if (strand !== undefined) give(strand, isOver ? 0 : heldOf(strand), given);
    }
    // A call may follow a text; of one that comes in place of the echo nobody knows what is missing before it.
    if (calls?.length && !isOver && (strand === undefined || strand.call === undefined) && isProved()) {
      endSeam();
      readCalls(calls, given);
    }
    const delta = toDelta(given);
    return Object.keys(delta).length === 0 ? undefined : { ...choice, index, delta, finish_reason: null };
  };

  let proof: SeamKind | undefined;
  const endSeam = (): SeamKind => {
    if (proof !== undefined) return proof;
    if (seam === undefined) {
      proof = "prefill";
      return proof;
    }
    const { rest: held, seam: found } = seam.end();
    join(held);
    proof = found === "no_proof" ? "none" : found;
    return proof;
  };

  /** Ends an answer whose model says that it is whole. */
  const complete = (said: string | null): void => {
    const isCall = strand?.call !== undefined;
    if (!isContinued || strand === undefined || !(isCall || json !== undefined)) return end("complete", said);
    const schema = strand.call === undefined ? json?.schema : options.schemaOf(strand.call.name);
    const text = strand.call === undefined ? begun + strand.said : strand.said;
    if (!matchesSchema(text, schema)) return end("no_proof");
    end("complete", isCall ? "tool_calls" : "stop");
  };

  const isCut = (tokens: number): boolean => {
    if (strand?.call === undefined) return reason === "length";
    if (parses(strand.said)) return false;
    if (reason === "length") return true;
    // Some servers say of a cut call that it is one.
    const isNear = capTokens === undefined || tokens >= capTokens * NEAR_THE_CAP;
    return strand.said !== "" && isNear && (reason === "tool_calls" || reason === "stop" || reason === null);
  };

  /** Nothing came that can be used: once more, or no more. */
  const failPart = (why: Ended): void => {
    failures += 1;
    if (failures >= MOST_FAILURES) end(why);
  };

  const endFirst = (tokens: number): EndedPart => {
    keptTokens += tokens;
    if (isForeign) end(reason === "length" ? "no_proof" : "complete", reason);
    else if (strand === undefined && reason === "length") failPart("thoughts");
    else if (isCut(tokens)) failures = 0;
    else complete(reason);
    return { seam: strand === undefined ? "none" : "first", keptTokens: tokens };
  };

  const endFollowUp = ({ all, thoughts }: PartTokens): EndedPart => {
    const found = endSeam();
    const kept = Math.max(0, strands.reduce((sum, one) => sum + one.said.length, 0) - before);
    const used = characters === 0 ? 0 : Math.max(0, all - thoughts) * Math.min(1, kept / characters);
    keptTokens += used;
    if (isRefused) end("refused");
    else if (found === "none") failPart(characters === 0 ? "thoughts" : "no_proof");
    else if (found === "nothing_missing") complete("stop");
    else if (isOver) complete(reason === "length" ? "stop" : reason);
    else if (reason === "content_filter") end("refused", reason);
    else if (!isCut(all)) complete(reason);
    else if (kept === 0) failPart("thoughts");
    else failures = 0;
    const obeyed = asked?.kind === "instruction" ? { obeyed: found === "echo" || found === "nothing_missing" } : {};
    return { seam: found, keptTokens: used, ...obeyed };
  };

  return {
    get ended() {
      return ended;
    },
    get isContinued() {
      return isContinued;
    },
    get message() {
      return messageOf(strands);
    },
    read(choice) {
      if (ended !== undefined) return undefined;
      if (choice.finish_reason) reason = choice.finish_reason;
      return asked === undefined || asked.kind === "again" ? readFirst(choice) : readFollowUp(choice);
    },
    endPart(tokens) {
      return asked === undefined || asked.kind === "again" ? endFirst(tokens.all) : endFollowUp(tokens);
    },
    followUp() {
      if (ended !== undefined) return undefined;
      if (followUps >= most) return end("parts");
      const left = maxTokens === undefined ? undefined : Math.floor(maxTokens - keptTokens);
      if (left !== undefined && left < LEAST_TOKENS) return end("max_tokens");
      followUps += 1;
      reason = null;
      proof = undefined;
      seam = undefined;
      rest = undefined;
      isJoined = isOver = false;
      characters = 0;
      before = strands.reduce((sum, one) => sum + one.said.length, 0);
      if (strand !== undefined && strand.said.trim() === "") {
        strands.splice(strands.indexOf(strand), 1);
        strand = strands.at(-1);
      }
      if (strand === undefined) {
        asked = { kind: "again", maxTokens: left };
        return asked;
      }
      isContinued = true;
      shown = soundPart(strand, json !== undefined);
      const isAnswer = strand.call === undefined && json === undefined;
      const what: ContinuedText = strand.call !== undefined ? { tool: strand.call.name } : isAnswer ? "answer" : "json";
      if (!isAnswer) rest = createJSONText(strand.call === undefined ? begun + shown : shown);
      if (takesPrefill) {
        asked = { kind: "prefill", text: shown, what, maxTokens: left };
        return asked;
      }
      const text = begun + shown;
      const anchor = findAnchor(text);
      if (anchor === undefined) return end("repeating");
      const marks = marksFor(text);
      seam = createSeam({ text, anchor, marks, isPlainAllowed: takesUnproved && isAnswer });
      const room = left === undefined ? undefined : left + Math.floor(anchor.length / CHARACTERS_PER_ECHO_TOKEN);
      asked = { kind: "instruction", text: shown, what, anchor, marks, insist: failures > 0, maxTokens: room };
      return asked;
    },
    fail(why) {
      end(why);
    },
    last() {
      const given = nothingGiven();
      for (const one of strands) give(one, 0, given);
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

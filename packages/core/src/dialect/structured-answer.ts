import type { Adjustment } from "../request/adjustment.js";
import type { ChatCompletion, ChatDelta, ToolCall } from "../request/wire-types.js";
import { byChoice, type ChoiceReader, type ChunkChoice } from "./by-choice.js";
import type { AnswerTransform, ReportAdjustment } from "./dialect.js";
import { findJson } from "./find-json.js";
import { unwrap } from "./structured-wrapper.js";

/** The tool of ours whose arguments are the answer. */
export interface AnswerTool {
  readonly name: string;
  /** Whether no other tool is offered: what it says can go out at once. */
  readonly isAlone: boolean;
  /** The one argument that holds the answer, where it is no object itself. */
  readonly wrapper?: string;
}

const WITHOUT_ANSWER: Adjustment = { field: "tool_calls", to: "tool_calls=without_answer", rule: "dialect" };

/** Calls of tools that nobody offered. */
const WITHOUT_UNKNOWN: Adjustment = { field: "tool_calls", to: "tool_calls=without_unknown", rule: "dialect" };

/** Of an answer that is nothing but such a call nothing is left. */
const NOT_GIVEN: Adjustment = {
  field: "response_format",
  to: "response_format=not_given",
  rule: "dialect",
  changesAnswer: true,
};

type Choice = ChatCompletion["choices"][number];

/**
 * Answers given as arguments of a tool, as content. Where another tool is called too, its calls go out, and the answer comes on a later turn. A
 * text in place of a call is the answer if it is JSON, and else a refusal, unless it was cut.
 */
export function answerByTool(tool: AnswerTool): AnswerTransform {
  return (reader) => ({
    readAnswer(answer, report) {
      const read = reader.readAnswer(answer, report);
      return { ...read, choices: read.choices.map((choice) => readChoice(choice, tool, report)) };
    },
    readStream: (report) => byChoice(reader.readStream(report), () => readPieces(tool, report)),
  });
}

function readChoice(choice: Choice, tool: AnswerTool, report: ReportAdjustment): Choice {
  const { tool_calls: calls, ...message } = choice.message;
  const isOurs = (call: ToolCall): boolean => call.function?.name === tool.name;
  const ours = calls?.find(isOurs);
  const others = calls?.filter((call) => !isOurs(call)) ?? [];
  if (others.length > 0 && !tool.isAlone) {
    if (ours !== undefined) report(WITHOUT_ANSWER);
    return { ...choice, message: { ...message, tool_calls: others } };
  }
  if (others.length > 0) report(WITHOUT_UNKNOWN);
  if (others.length > 0 && ours === undefined && !message.content) report(NOT_GIVEN);
  const said =
    ours === undefined
      ? wordsOf(message.content ?? "", choice.finish_reason)
      : { content: contentOf(ours.function.arguments ?? "", tool) };
  return { ...choice, message: { ...message, content: null, ...said }, finish_reason: reasonOf(choice.finish_reason) };
}

type Call = NonNullable<ChatDelta["tool_calls"]>[number];

/** Where what a stream says of a call goes: its place among the others' calls, the answer, or nowhere. */
type Destination = number | "answer" | "nowhere";

/** A stream's choice: text waits until it is known whether it stands beside a call of another tool. */
function readPieces(tool: AnswerTool, report: ReportAdjustment): ChoiceReader {
  /** By the index of the call. */
  const destinations = new Map<number, Destination>();
  let [text, json] = ["", ""];
  let [hasOthers, hasOurs, isOver] = [false, false, false];
  const isPassed = tool.isAlone && tool.wrapper === undefined;

  function destinationOf({ index = 0, function: called }: Call): Destination {
    const known = destinations.get(index);
    if (known !== undefined) return known;
    const destination = chooseDestination(called?.name);
    destinations.set(index, destination);
    return destination;
  }

  function chooseDestination(name: string | undefined): Destination {
    if (name === tool.name) {
      // A second answer is none.
      if (hasOurs) return "nowhere";
      hasOurs = true;
      return "answer";
    }
    if (tool.isAlone) {
      report(WITHOUT_UNKNOWN);
      return "nowhere";
    }
    hasOthers = true;
    return [...destinations.values()].filter((other) => typeof other === "number").length;
  }

  /** What is said at the end. */
  function last(reason: string | null): ChatDelta {
    isOver = true;
    if (hasOthers) {
      if (hasOurs) report(WITHOUT_ANSWER);
      return {};
    }
    if (!hasOurs && text === "") {
      if (destinations.size > 0) report(NOT_GIVEN);
      return {};
    }
    if (!hasOurs) return wordsOf(text, reason);
    return isPassed ? (json === "" ? { content: "{}" } : {}) : { content: contentOf(json, tool) };
  }

  return {
    read(choice: ChunkChoice): ChunkChoice {
      const { content, tool_calls: calls, ...rest } = choice.delta ?? {};
      const delta: ChatDelta = rest;
      const passed: Call[] = [];
      let said = "";
      for (const call of calls ?? []) {
        const destination = destinationOf(call);
        if (typeof destination === "number") passed.push({ ...call, index: destination });
        if (destination !== "answer") continue;
        const piece = call.function?.arguments ?? "";
        json += piece;
        if (isPassed) said += piece;
      }
      if (typeof content === "string") text += content;
      if (hasOthers) {
        said += text;
        text = "";
      }
      const reason = choice.finish_reason;
      const ending: ChatDelta = reason && !isOver ? last(reason) : {};
      if (typeof ending.content === "string") said += ending.content;
      if (said !== "") ending.content = said;
      if (passed.length > 0) delta.tool_calls = passed;
      return { ...choice, delta: { ...delta, ...ending }, finish_reason: hasOthers ? reason : reasonOf(reason) };
    },
    end() {
      if (isOver || (isPassed && hasOurs)) return undefined;
      const ending = last("length");
      return Object.keys(ending).length === 0 ? undefined : ending;
    },
  };
}

/** Words in place of a call. */
function wordsOf(text: string, reason: string | null): { content?: string | null; refusal?: string } {
  const json = findJson(text);
  if (json !== undefined) return { content: json };
  return text === "" || reason === "length" ? { content: text } : { content: null, refusal: text };
}

/** Arguments that were cut stay as they are, but for a wrapper. */
function contentOf(json: string, { wrapper }: AnswerTool): string {
  if (wrapper !== undefined) return unwrap(json, wrapper);
  return json === "" ? "{}" : json;
}

/** To its reader such an answer called nothing. */
function reasonOf(reason: string | null): string | null {
  return reason === "tool_calls" ? "stop" : reason;
}

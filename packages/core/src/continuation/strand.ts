import type { ChatAnswerMessage, ChatDelta } from "../request/wire-types.js";
import { endToHold } from "./end-to-hold.js";

type CallDelta = NonNullable<ChatDelta["tool_calls"]>[number];

/** A call whose arguments are being said. */
export interface CalledTool {
  readonly index: number;
  readonly id: string;
  readonly name: string;
}

/** One thing that an answer says: its text, or the arguments of one call. */
export interface Strand {
  /** Of a call: how it began. */
  readonly call?: CalledTool;
  /** All that the model has said of it. */
  said: string;
  /** Characters that the caller has got. */
  given: number;
}

/** What the caller gets in one event. */
export interface Given {
  content: string;
  readonly calls: CallDelta[];
}

export function nothingGiven(): Given {
  return { content: "", calls: [] };
}

/** Gives what may be given of a strand: all, or what no following text can change. @param held characters at the end that wait */
export function give(strand: Strand, held: number, to: Given): void {
  const end = strand.said.length - held;
  if (end <= strand.given) return;
  const text = strand.said.slice(strand.given, end);
  strand.given = end;
  if (strand.call === undefined) to.content += text;
  else {
    const { index } = strand.call;
    const last = to.calls.at(-1);
    if (last?.index === index) to.calls[to.calls.length - 1] = withArguments(last, text);
    else to.calls.push({ index, function: { arguments: text } });
  }
}

function withArguments(call: CallDelta, more: string): CallDelta {
  return { ...call, function: { ...call.function, arguments: (call.function?.arguments ?? "") + more } };
}

/** The text of a strand without what can't be shown to a model as the end of its answer. */
export function soundPart({ said, call }: Strand, isJSON: boolean): string {
  return said.slice(0, said.length - endToHold(said, isJSON || call !== undefined));
}

/** What was given, as a part of a message. */
export function toDelta({ content, calls }: Given): ChatDelta {
  return { ...(content === "" ? {} : { content }), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

/** Strands as the message that has them all. */
export function messageOf(strands: readonly Strand[]): Pick<ChatAnswerMessage, "content" | "tool_calls"> {
  const calls = strands.flatMap(({ call, said }) => {
    if (call === undefined) return [];
    const { id, name } = call;
    return [{ id, type: "function" as const, function: { name, arguments: said } }];
  });
  const content = strands.find(({ call }) => call === undefined)?.said ?? null;
  return { content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

import { readCustomInput } from "./custom-input.js";
import { callItem, createId, endedArguments, isWholeCall, type OutputCall } from "./output-items.js";
import type { Output, WriteEvent } from "./response-events.js";
import type { ToolTable } from "./tool-table.js";

/** A piece of a call, as chats have it. */
export interface CallPiece {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Writes calls. Those of one answer may come in turns, so all of them end with it. */
export interface CallWriter {
  readonly hasBegun: boolean;
  add(piece: CallPiece): void;
  /** @param isCut whether the last may be broken off */
  end(isCut: boolean): void;
}

interface OpenCall extends OutputCall {
  readonly index: number;
  arguments: string;
}

/** What came of a call before its name. */
interface Unnamed {
  callId: string;
  arguments: string;
}

export function createCallWriter(write: WriteEvent, output: Output, table: ToolTable): CallWriter {
  const calls = new Map<number, OpenCall>();
  const unnamed = new Map<number, Unnamed>();

  const begin = (number: number, name: string, { callId, arguments: early }: Unnamed): OpenCall => {
    const tool = table.find(name);
    const id = createId(tool.kind === "custom" ? "ctc" : "fc");
    const call = { id, index: output.begin(), callId: callId || createId("call"), tool, arguments: "" };
    calls.set(number, call);
    write("response.output_item.added", { output_index: call.index, item: callItem(call, "in_progress") });
    append(call, early);
    return call;
  };
  const append = (call: OpenCall, piece: string): void => {
    call.arguments += piece;
    // The text of a custom tool is within the JSON, and known at its end.
    if (piece !== "" && call.tool.kind === "function") writeDelta(call, piece);
  };
  const writeDelta = ({ id, index, tool }: OpenCall, delta: string): void => {
    const type = tool.kind === "custom" ? "custom_tool_call_input" : "function_call_arguments";
    write(`response.${type}.delta`, { item_id: id, output_index: index, delta });
  };
  const endCall = (call: OpenCall, isCut: boolean): void => {
    const text = endedArguments(call.arguments, isCut);
    const place = { item_id: call.id, output_index: call.index };
    if (call.tool.kind === "custom") {
      const input = readCustomInput(text);
      if (input !== "") writeDelta(call, input);
      write("response.custom_tool_call_input.done", { ...place, input });
    } else {
      if (text !== call.arguments) writeDelta(call, text.slice(call.arguments.length));
      write("response.function_call_arguments.done", { ...place, name: call.tool.name, arguments: text });
    }
    const item = callItem({ ...call, arguments: text }, isCut && !isWholeCall(text) ? "incomplete" : "completed");
    output.end(call.index, item);
    write("response.output_item.done", { output_index: call.index, item });
  };

  return {
    get hasBegun() {
      return calls.size > 0 || unnamed.size > 0;
    },
    add({ index: number, id = "", function: { name = "", arguments: piece = "" } = {} }) {
      const call = calls.get(number);
      if (call !== undefined) return append(call, piece);
      const waiting = unnamed.get(number) ?? { callId: "", arguments: "" };
      const early = { callId: waiting.callId || id, arguments: waiting.arguments + piece };
      if (name === "") return void unnamed.set(number, early);
      unnamed.delete(number);
      begin(number, name, early);
    },
    end(isCut) {
      for (const [number, early] of unnamed) begin(number, "", early);
      unnamed.clear();
      for (const call of calls.values()) endCall(call, isCut);
    },
  };
}

import type { ChatCompletionChunk, ChatDelta, JsonObject, Usage } from "../../request/wire-types.js";
import type { ClientEvent } from "../protocol.js";
import { type CallPiece, createCallWriter } from "./call-events.js";
import { incompleteReason, type ResponseState, type WriteResponse } from "./response-object.js";
import { createTextWriter } from "./text-events.js";
import type { ToolTable } from "./tool-table.js";

/** What one event holds beside its number. */
export type WriteEvent = (type: string, fields: JsonObject) => void;

/** Writes an answer's stream. Each returns the events that are due. */
export interface ResponseEvents {
  begin(): readonly ClientEvent[];
  read(chunk: ChatCompletionChunk): readonly ClientEvent[];
  /** The whole answer has come. */
  end(): readonly ClientEvent[];
  fail(error: { readonly code: string; readonly message: string }): ClientEvent;
}

/** Where items stand in the answer: in the order in which they begin. */
export interface Output {
  /** @returns the item's index */
  begin(): number;
  end(index: number, item: JsonObject): void;
}

/** What a stream's events are written with. */
export interface ResponseEventOptions {
  readonly write: WriteResponse;
  readonly table: ToolTable;
  /** As the client wrote it, until the answer says which it was. */
  readonly model: unknown;
  /** Hears of the items of an answer that came to its end. */
  readonly onOutput: (items: readonly JsonObject[]) => void;
}

/**
 * The events of a response, in OpenAI's order: created first (openai js throws without), each item opened before its pieces and closed whole
 * after them, `response.completed` or `response.incomplete` last. Codex takes the answer from closed items alone (November 2026).
 */
export function createResponseEvents({ write, table, onOutput, ...options }: ResponseEventOptions): ResponseEvents {
  let { model } = options;
  let sequence = 0;
  let due: ClientEvent[] = [];
  let finish: string | null | undefined;
  let usage: Usage | null | undefined;
  const items: (JsonObject | undefined)[] = [];

  const toEvent = (type: string, fields: JsonObject): ClientEvent => {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields });
    sequence += 1;
    return { name: type, data };
  };
  const put: WriteEvent = (type, fields) => void due.push(toEvent(type, fields));
  const taken = (): readonly ClientEvent[] => {
    const events = due;
    due = [];
    return events;
  };
  const output: Output = {
    begin: () => items.push(undefined) - 1,
    end: (index, item) => {
      items[index] = item;
    },
  };
  const texts = createTextWriter(put, output);
  const calls = createCallWriter(put, output, table);
  const written = (): readonly JsonObject[] => items.filter((item) => item !== undefined);
  const inState = (state: Omit<ResponseState, "model" | "output">): { response: JsonObject } => ({
    response: write({ model, output: written(), ...state }),
  });

  const readDelta = (delta: ChatDelta): void => {
    if (delta.reasoning_content) texts.add("reasoning", delta.reasoning_content);
    if (delta.content) texts.add("output_text", delta.content);
    if (typeof delta.refusal === "string" && delta.refusal !== "") texts.add("refusal", delta.refusal);
    for (const piece of (delta.tool_calls ?? []) as readonly CallPiece[]) {
      texts.close("completed");
      calls.add(piece);
    }
  };

  return {
    begin() {
      put("response.created", inState({ status: "in_progress" }));
      put("response.in_progress", inState({ status: "in_progress" }));
      return taken();
    },
    read(chunk) {
      model = chunk.model || model;
      usage = chunk.usage ?? usage;
      const [choice] = chunk.choices;
      if (choice?.delta !== undefined) readDelta(choice.delta);
      finish = choice?.finish_reason ?? finish;
      return taken();
    },
    end() {
      const reason = incompleteReason(finish);
      const isCut = reason !== undefined;
      // Agents ask again where an answer has neither words nor calls.
      if (!texts.hasSaid && !calls.hasBegun) texts.add("output_text", "");
      texts.close(isCut ? "incomplete" : "completed");
      calls.end(isCut);
      onOutput(written());
      const status = isCut ? "incomplete" : "completed";
      put(`response.${status}`, inState({ status, usage, incompleteReason: reason }));
      return taken();
    },
    fail: (error) => toEvent("response.failed", inState({ status: "failed", usage, error })),
  };
}

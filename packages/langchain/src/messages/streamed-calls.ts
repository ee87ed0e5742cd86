import type { ToolCallChunk } from "@langchain/core/messages/tool";
import type { ChatDelta } from "@laplas/core";
import type { AnswerEnd } from "./answer-end.js";
import { createCallIds, readEach, type WrittenToolCall } from "./tool-calls.js";

/** The tool calls of a stream, while they are written. */
export interface StreamedCalls {
  /** What a piece of the stream adds, in LangChain's shape: id and name of a call on its first piece, and never again. */
  add(deltas: ChatDelta["tool_calls"] | null): ToolCallChunk[];
  /** All calls as far as they are written, in the order in which they began. A call's `index` is its place here. */
  readonly written: readonly WrittenToolCall[];
}

/**
 * Ends the arguments of a call that can't be read. A program that puts the pieces of a stream together with core's own classes has
 * core complete cut JSON; this is what no JSON can be completed after: inside a text it closes that text, behind a backslash
 * the next one, and goes on with what may stand nowhere. (Core 1.2.8 to 1.4.0, `parsePartialJson`.)
 */
export const UNREADABLE = '"✂"✂';

/** The arguments as the model wrote them. */
export function unsealed(args: string | undefined): string {
  return args?.endsWith(UNREADABLE) ? args.slice(0, -UNREADABLE.length) : (args ?? "");
}

/** Collects the calls of one stream. */
export function createStreamedCalls(): StreamedCalls {
  const calls: { id: string; name: string; args: string; given: string | undefined }[] = [];
  const nextId = createCallIds();
  /** By the upstream's index, the place of the call that is being written. */
  const places = new Map<number, number>();

  function placeOf(index: number, id: string | null | undefined, name: string | null | undefined): number {
    const known = places.get(index);
    const given = known === undefined ? undefined : calls[known]?.given;
    // Seen: parallel calls that all have index 0.
    if (known !== undefined && !(id && name && given !== undefined && id !== given)) return known;
    calls.push({ id: nextId(id), name: "", args: "", given: id || undefined });
    places.set(index, calls.length - 1);
    return calls.length - 1;
  }

  return {
    written: calls,
    add: (deltas) =>
      (deltas ?? []).flatMap(({ index, id, function: called }) => {
        const before = calls.length;
        const place = placeOf(index ?? 0, id, called?.name);
        const call = calls[place];
        if (call === undefined) return [];
        const args = called?.arguments ?? "";
        const name = call.name === "" ? (called?.name ?? "") : "";
        call.name ||= name;
        call.args += args;
        const isNew = calls.length > before;
        return {
          type: "tool_call_chunk" as const,
          index: place,
          ...(isNew ? { id: call.id } : {}),
          ...(name === "" ? {} : { name }),
          args,
        };
      }),
  };
}

/** What has to follow the last piece of a stream, so that nobody takes an unreadable call for a whole one. */
export function sealUnreadable(written: readonly WrittenToolCall[], end: AnswerEnd): ToolCallChunk[] {
  return readEach(written, end).flatMap((call, index) =>
    call.type === "invalid_tool_call" ? { type: "tool_call_chunk" as const, index, args: UNREADABLE } : [],
  );
}

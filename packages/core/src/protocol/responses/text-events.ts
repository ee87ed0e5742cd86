import {
  createId,
  type ItemStatus,
  messageItem,
  messagePart,
  type PartKind,
  reasoningItem,
  summaryPart,
} from "./output-items.js";
import type { Output, WriteEvent } from "./response-events.js";

/** Words of one kind. */
export type TextKind = PartKind | "reasoning";

/** Writes thoughts and words. One item is open at a time. */
export interface TextWriter {
  /** Whether the answer has words, be they empty. */
  readonly hasSaid: boolean;
  add(kind: TextKind, piece: string): void;
  /** Ends the open item, where there is one. */
  close(status: ItemStatus): void;
}

/** A part whose pieces come. */
interface OpenPart {
  readonly kind: TextKind;
  text: string;
}

/** An item whose parts come: a message may have words and a refusal. */
interface OpenItem {
  readonly id: string;
  readonly index: number;
  readonly isThought: boolean;
  readonly parts: OpenPart[];
}

export function createTextWriter(write: WriteEvent, output: Output): TextWriter {
  let open: OpenItem | undefined;
  let hasSaid = false;

  const itemOf = ({ id, isThought, parts }: OpenItem, status: ItemStatus) => {
    if (isThought)
      return reasoningItem(
        id,
        parts.map(({ text }) => text),
      );
    return messageItem(
      id,
      parts.map(({ kind, text }) => messagePart(kind as PartKind, text)),
      status,
    );
  };
  const at = ({ id, index, isThought, parts }: OpenItem) => {
    const place = parts.length - 1;
    return { item_id: id, output_index: index, ...(isThought ? { summary_index: place } : { content_index: place }) };
  };

  const beginItem = (isThought: boolean): OpenItem => {
    const item = { id: createId(isThought ? "rs" : "msg"), index: output.begin(), isThought, parts: [] };
    open = item;
    write("response.output_item.added", { output_index: item.index, item: itemOf(item, "in_progress") });
    return item;
  };
  const beginPart = (item: OpenItem, kind: TextKind): OpenPart => {
    const part = { kind, text: "" };
    item.parts.push(part);
    const [type, empty] =
      kind === "reasoning"
        ? (["response.reasoning_summary_part.added", summaryPart("")] as const)
        : (["response.content_part.added", messagePart(kind, "")] as const);
    write(type, { ...at(item), part: empty });
    return part;
  };
  const endPart = (item: OpenItem): void => {
    const part = item.parts.at(-1);
    if (part === undefined) return;
    const { kind, text } = part;
    const place = at(item);
    if (kind === "reasoning") {
      write("response.reasoning_summary_text.done", { ...place, text });
      write("response.reasoning_summary_part.done", { ...place, part: summaryPart(text) });
      return;
    }
    if (kind === "refusal") write("response.refusal.done", { ...place, refusal: text });
    else write("response.output_text.done", { ...place, text, logprobs: [] });
    write("response.content_part.done", { ...place, part: messagePart(kind, text) });
  };
  const close = (status: ItemStatus): void => {
    if (open === undefined) return;
    const item = open;
    open = undefined;
    endPart(item);
    const whole = itemOf(item, status);
    output.end(item.index, whole);
    write("response.output_item.done", { output_index: item.index, item: whole });
  };

  return {
    get hasSaid() {
      return hasSaid;
    },
    add(kind, piece) {
      const isThought = kind === "reasoning";
      if (open !== undefined && open.isThought !== isThought) close("completed");
      const item = open ?? beginItem(isThought);
      if (!isThought) hasSaid = true;
      let part = item.parts.at(-1);
      if (part?.kind !== kind) {
        endPart(item);
        part = beginPart(item, kind);
      }
      part.text += piece;
      if (piece === "") return;
      if (isThought) write("response.reasoning_summary_text.delta", { ...at(item), delta: piece });
      else if (kind === "refusal") write("response.refusal.delta", { ...at(item), delta: piece });
      else write("response.output_text.delta", { ...at(item), delta: piece, logprobs: [] });
    },
    close,
  };
}

import { createParser } from "eventsource-parser";
import type { JsonObject } from "../request/wire-types.js";

/** The protocols whose streams tests listen to. */
export type StreamProtocol = "chat" | "responses" | "messages";

/** One event as it came. */
interface Heard {
  readonly name: string | undefined;
  readonly data: JsonObject;
}

/**
 * Listens to a stream as a strict client would.
 *
 * @returns how it ended: whole, or by the event in which the protocol says that it broke
 * @throws Error that says what is wrong with it
 */
export function hearStream(protocol: StreamProtocol, text: string): "whole" | "broken" {
  const events: Heard[] = [];
  let isDone = false;
  createParser({
    onEvent({ event, data }) {
      if (isDone) throw new Error("an event after [DONE]");
      isDone = data === "[DONE]";
      if (!isDone) events.push({ name: event, data: JSON.parse(data) as JsonObject });
    },
    onError(error) {
      throw error;
    },
  }).feed(text);
  if (!text.endsWith("\n\n")) throw new Error("the last event is cut");
  if (protocol === "chat") return hearChat(events, isDone);
  if (isDone) throw new Error("a [DONE], which the protocol does not have");
  for (const { name, data } of events) if (name !== data.type) throw new Error(`${name} named for ${data.type}`);
  return protocol === "messages" ? hearMessages(events) : hearResponses(events);
}

function hearChat(events: readonly Heard[], isDone: boolean): "whole" | "broken" {
  const ended = new Set<unknown>();
  for (const [place, { data }] of events.entries()) {
    if ("error" in data) {
      if (place !== events.length - 1 || isDone) throw new Error("something after the error");
      return "broken";
    }
    for (const { index, finish_reason: reason } of data.choices as { index: number; finish_reason: unknown }[]) {
      if (ended.has(index)) throw new Error("a choice goes on after its end");
      if (reason !== null && reason !== undefined) ended.add(index);
    }
  }
  if (!isDone) throw new Error("no [DONE]");
  if (ended.size === 0) throw new Error("no choice has ended");
  return "whole";
}

function hearMessages(events: readonly Heard[]): "whole" | "broken" {
  let place = 0;
  const next = (): JsonObject => {
    const data = events[place]?.data;
    place += 1;
    if (data === undefined) throw new Error("the stream just ends");
    return data;
  };
  const isLast = (): boolean => place === events.length;
  let blocks = 0;
  let open: number | undefined;
  for (let event = next(); ; event = next()) {
    const { type, index } = event;
    if (type === "error") return lastOf("broken", isLast());
    if (type === "ping") continue;
    if ((place === 1) !== (type === "message_start")) throw new Error(`${type} as event ${place}`);
    if (type === "content_block_start") {
      if (open !== undefined || index !== blocks) throw new Error(`block ${index} begins, ${open} is open`);
      open = blocks;
      blocks += 1;
    } else if (type === "content_block_delta" || type === "content_block_stop") {
      if (open === undefined || index !== open) throw new Error(`${type} of ${index}, ${open} is open`);
      if (type === "content_block_stop") open = undefined;
    } else if (type === "message_delta") {
      if (open !== undefined || blocks === 0) throw new Error(`the message ends, ${open} of ${blocks} is open`);
      const { stop_reason: reason } = event.delta as JsonObject;
      if (typeof reason !== "string") throw new Error("no reason");
      if (next().type !== "message_stop") throw new Error("no message_stop");
      return lastOf("whole", isLast());
    } else if (type !== "message_start") throw new Error(`an event ${type}`);
  }
}

function hearResponses(events: readonly Heard[]): "whole" | "broken" {
  const items: (JsonObject | undefined)[] = [];
  for (const [place, { data }] of events.entries()) {
    const { type, sequence_number: number, output_index: index } = data;
    if (number !== place) throw new Error(`number ${number} at ${place}`);
    const first = ["response.created", "response.in_progress"][place];
    if (first !== undefined && type !== first) throw new Error(`${type} as event ${place}`);
    if (type === "response.output_item.added") {
      if (index !== items.length) throw new Error(`item ${index} after ${items.length}`);
      items.push(undefined);
    } else if (typeof index === "number") {
      if (index >= items.length || items[index] !== undefined)
        throw new Error(`${type} of ${index}, which is not open`);
      if (type === "response.output_item.done") items[index] = data.item as JsonObject;
    }
    const end = /^response\.(completed|incomplete|failed)$/.exec(String(type))?.[1];
    if (end === undefined) continue;
    const { status, output } = data.response as JsonObject;
    if (status !== end) throw new Error(`${status} in ${type}`);
    if (end === "failed") return lastOf("broken", place === events.length - 1);
    if (items.length === 0 || items.some((item) => item === undefined)) throw new Error("an item is open at the end");
    if (JSON.stringify(output) !== JSON.stringify(items)) throw new Error("the output is not what was done");
    return lastOf("whole", place === events.length - 1);
  }
  throw new Error("the stream just ends");
}

function lastOf(end: "whole" | "broken", isLast: boolean): "whole" | "broken" {
  if (!isLast) throw new Error("an event after the last");
  return end;
}

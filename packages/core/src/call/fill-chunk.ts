import { isObject } from "../dialect/field-values.js";
import { mapChanged } from "../dialect/map-changed.js";
import type { JsonObject } from "../request/wire-types.js";
import { fillCall } from "./fill-call.js";

/** Fills in what a chunk lacks: the same object where that is nothing, so that its text can be passed on as it came. */
export type ChunkFiller = (chunk: JsonObject) => JsonObject;

/**
 * Numbers the choices and tool calls of one stream where its server doesn't: clients put the pieces of a call together by its
 * `index`, and openai js ends without any call where there is none. What has no such shape is left for the check.
 */
export function createChunkFiller(): ChunkFiller {
  const choices = new Map<number, CallNumbers>();

  const numbersOf = (index: number): CallNumbers => {
    const known = choices.get(index) ?? createCallNumbers();
    choices.set(index, known);
    return known;
  };

  const fillChoice = (given: unknown, place: number): unknown => {
    if (!isObject(given)) return given;
    const choice = typeof given.index === "number" ? given : { ...given, index: place };
    const { delta } = choice;
    if (!isObject(delta) || !Array.isArray(delta.tool_calls) || delta.tool_calls.length === 0) return choice;
    const calls = numbersOf(choice.index as number).fill(delta.tool_calls);
    return calls === delta.tool_calls ? choice : { ...choice, delta: { ...delta, tool_calls: calls } };
  };

  return (chunk) => {
    if (!Array.isArray(chunk.choices)) return chunk;
    const filled = mapChanged<unknown>(chunk.choices, fillChoice);
    return filled === chunk.choices ? chunk : { ...chunk, choices: filled };
  };
}

/** The tool calls of one choice, as far as they have come. */
interface CallNumbers {
  fill(calls: readonly unknown[]): readonly unknown[];
}

function createCallNumbers(): CallNumbers {
  const byId = new Map<string, number>();
  const begun = new Set<number>();
  const named = new Set<number>();
  /** The call that pieces without a mark of their own belong to. */
  let running = 0;
  let next = 0;

  const indexOf = (call: JsonObject, place: number, isByPlace: boolean): number => {
    if (typeof call.index === "number") return call.index;
    const id = textOf(call.id);
    if (id !== "") return byId.get(id) ?? next;
    if (isByPlace) return place;
    return nameOf(call) !== "" && named.has(running) ? next : running;
  };

  return {
    fill(calls) {
      const isByPlace = calls.length > 1 && calls.every(isUnmarked);
      return mapChanged(calls, (call, place) => {
        if (!isObject(call)) return call;
        const index = indexOf(call, place, isByPlace);
        const isFirst = !begun.has(index);
        begun.add(index);
        running = index;
        next = Math.max(next, index + 1);
        const id = textOf(call.id);
        if (id !== "") byId.set(id, index);
        if (nameOf(call) !== "") named.add(index);
        return fillCall(call.index === index ? call : { ...call, index }, isFirst);
      });
    },
  };
}

/** Whether nothing says which call a piece belongs to. */
function isUnmarked(call: unknown): boolean {
  return isObject(call) && typeof call.index !== "number" && textOf(call.id) === "" && nameOf(call) === "";
}

function nameOf(call: JsonObject): string {
  return isObject(call.function) ? textOf(call.function.name) : "";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

import type { Adjustment } from "../request/adjustment.js";
import type { JsonObject } from "../request/wire-types.js";
import { adjust } from "./chat-draft.js";
import { isObject, notTaken } from "./field-values.js";
import { mapChanged } from "./map-changed.js";
import { REQUEST_FIELDS } from "./request-fields.js";

/** What a provider's server takes of chats, whatever the model. */
export interface ChatKeys {
  /** Root fields that it takes. */
  readonly taken: readonly string[] | undefined;
  /** Keys of messages that it refuses. */
  readonly off: readonly string[];
}

/**
 * A chat without the fields and keys that the provider's server refuses. Those that the caller sent are reported. A body that has none of
 * them is returned as it is.
 *
 * @param asked the fields as the caller has them
 * @throws FatalUpstreamError `invalid_request` for one whose meaning would be lost
 */
export function leaveOutFields(
  body: JsonObject,
  { taken, off }: ChatKeys,
  asked: JsonObject,
  model: string,
): { readonly body: JsonObject; readonly adjustments: readonly Adjustment[] } {
  const adjustments: Adjustment[] = [];
  if (taken === undefined && off.length === 0) return { body, adjustments };
  const left = new Set(taken === undefined ? [] : Object.keys(body).filter((name) => !taken.includes(name)));
  for (const name of left) {
    if (asked[name] === undefined || asked[name] === null) continue;
    // The engine reports the usage of a stream by itself.
    if (name === "stream_options") continue;
    const kind = REQUEST_FIELDS.get(name)?.kind ?? "hint";
    if (kind === "meaning") throw notTaken(name, model);
    adjust({ adjustments }, name, "removed", kind === "preference" ? "changes-answer" : undefined);
  }
  const { messages } = body;
  const plain = Array.isArray(messages) ? mapChanged(messages, (one) => withoutKeys(one, off)) : messages;
  if (plain !== messages) adjust({ adjustments }, "messages", "plain_keys");
  if (left.size === 0 && plain === messages) return { body, adjustments };
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !left.has(name)));
  return { body: plain === messages ? kept : { ...kept, messages: plain }, adjustments };
}

function withoutKeys(message: unknown, keys: readonly string[]): unknown {
  if (!isObject(message) || !keys.some((key) => message[key] !== undefined)) return message;
  return Object.fromEntries(Object.entries(message).filter(([key]) => !keys.includes(key)));
}

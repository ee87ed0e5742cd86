import type { Dialect } from "../catalog/model.js";
import type { JsonObject } from "../request/wire-types.js";
import type { ChatDraft } from "./chat-draft.js";
import { mendConversation } from "./conversation.js";
import type { AdaptedChat, DialectInput } from "./dialect.js";
import { withoutNulls } from "./field-values.js";
import { asFunctionCall } from "./legacy-functions.js";
import { keepKnownCallKeys, keepKnownKeys, type MessageKeys } from "./message-keys.js";
import { withPlainNames } from "./names-and-ids.js";
import { withPlainParts } from "./plain-parts.js";
import { treatFields } from "./treat-fields.js";

/** What the pipeline writes itself. */
const OWN_FIELDS: readonly string[] = ["messages", "max_tokens", "max_completion_tokens", "stream", "stream_options"];

/**
 * What all families have in common on the way into their shape: fields as the table says, and a conversation that a server takes. Of an id
 * that the catalog does not know only keys of messages are taken off that no server takes: the rest is its server's business.
 *
 * @throws FatalUpstreamError `invalid_request` naming the field or the place
 */
export function draftChat(
  { request, model, limits, stream }: DialectInput,
  dialect: Dialect,
  keys: MessageKeys,
): ChatDraft {
  const rest: JsonObject = withoutNulls(request.body);
  for (const field of OWN_FIELDS) delete rest[field];
  const draft: ChatDraft = {
    model: request.model,
    dialect,
    known: model,
    limits,
    rest,
    fields: {},
    messages: request.messages,
    places: request.messages.map((_, index) => index),
    hasFunctions: false,
    requests: 1,
    stream,
    transforms: [],
    adjustments: [],
  };
  draft.fields.model = rest.model;
  delete rest.model;
  if (model === undefined) {
    Object.assign(draft.fields, rest);
    draft.messages = keepKnownKeys(draft.messages, keys, draft);
    return draft;
  }
  mendConversation(draft);
  const plain = withPlainParts(keepKnownKeys(draft.messages, keys, draft), draft);
  draft.messages = withPlainNames(keepKnownCallKeys(plain, draft), draft);
  treatFields(draft);
  return draft;
}

/** A draft once its dialect has written it. */
export function adaptedFrom(draft: ChatDraft, body: JsonObject): AdaptedChat {
  const { requests, adjustments } = draft;
  const transforms = draft.hasFunctions ? [...draft.transforms, asFunctionCall] : draft.transforms;
  return { body, requests, transforms, adjustments };
}

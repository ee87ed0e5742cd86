import { isObject } from "../dialect/field-values.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { expandEvents } from "./expand-events.js";
import type { Caller, ClientCall, ClientProtocol } from "./protocol.js";
import { createId } from "./responses/output-items.js";
import { type ReadResponses, readResponses } from "./responses/read-responses.js";
import { renameError } from "./responses/rename-error.js";
import { createResponseEvents } from "./responses/response-events.js";
import { createResponse, incompleteReason } from "./responses/response-object.js";
import { failureOf, toResponsesError } from "./responses/responses-error.js";
import { writeOutput } from "./responses/write-output.js";

/** OpenAI's Responses: one answer of items, and a stream of named events. Nothing is stored but items, for a while, in memory. */
export const openaiResponses: ClientProtocol = {
  holdsHead: true,
  match: (path) => (path.endsWith("/responses") ? "chat" : undefined),
  read(body, caller) {
    if (!isObject(body)) throw new FatalUpstreamError("invalid_request", "The request must be a JSON object.");
    const owner = ownerOf(caller);
    return toCall(
      readResponses(body, (id) => caller.items.find(owner, id)),
      caller,
    );
  },
  error: toResponsesError,
};

/** A client is who sends the same key, in either header that a gateway may take one from. */
function ownerOf({ headers }: Caller): string {
  return JSON.stringify([headers.get("authorization"), headers.get("x-api-key")]);
}

function toCall(read: ReadResponses, caller: Caller): ClientCall {
  const { chat, adjusted, table, asked } = read;
  const id = createId("resp");
  const write = createResponse(asked, id, Math.floor(caller.now() / 1_000));
  const keep = (items: readonly JsonObject[]): void => {
    if (asked.store !== false) caller.items.keep(ownerOf(caller), items);
  };
  const events = createResponseEvents({ write, table, model: asked.model, onOutput: keep });
  return {
    bodies: [chat],
    adjusted,
    whole(answer) {
      const { model, choices, usage } = answer as ChatCompletion;
      const [choice] = choices;
      const reason = incompleteReason(choice?.finish_reason);
      const isCut = reason !== undefined;
      const output = choice === undefined ? [] : writeOutput(choice.message, isCut, table);
      keep(output);
      return write({ status: isCut ? "incomplete" : "completed", model, output, usage, incompleteReason: reason });
    },
    form: (chunk) => chunk,
    events: (items) => expandEvents(items as AsyncIterable<ChatCompletionChunk>, events),
    broken: (error) => events.fail(failureOf(renameError(error, read))),
    rename: (error) => renameError(error, read),
  };
}

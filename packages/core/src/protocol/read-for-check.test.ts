import { expect, it } from "vitest";
import { isProtocolName, readForCheck } from "./read-for-check.js";
import { createItemMemory } from "./responses/item-memory.js";

const caller = { headers: new Headers(), items: createItemMemory(() => 0), now: () => 0 };

it("reads a request in the engine's words, and puts an error about it into the client's", () => {
  const messages = [{ role: "user", content: "Hello" }];
  const read = readForCheck("messages", { model: "m", max_tokens: 9, stop_sequences: ["x"], messages }, caller);
  expect(read).toMatchObject({ endpoint: "chat", body: { model: "m", messages, stop: ["x"] } });
  expect(read.wordsOf({ message: 'The field "stop" is too long.', param: "stop" })).toEqual({
    message: 'The field "stop_sequences" is too long.',
    param: "stop_sequences",
  });
  expect(read.wordsOf({ message: "No.", param: undefined })).toEqual({ message: "No." });
  const responses = readForCheck("responses", { model: "m", input: "Hello", max_output_tokens: 9 }, caller);
  expect(responses.wordsOf({ message: "No.", param: "reasoning_effort" }).param).toBe("reasoning.effort");
});

it("refuses a request that its protocol refuses, and knows the names of protocols only", () => {
  expect(() => readForCheck("messages", { model: "m", max_tokens: 9, messages: "none" }, caller)).toThrow(
    expect.objectContaining({ code: "invalid_request", param: "messages" }),
  );
  expect(["messages", "responses", "chat", "toString"].filter(isProtocolName)).toEqual(["messages", "responses"]);
});

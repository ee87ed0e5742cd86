import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";
import type { ChatAnswerMessage, ChatMessage, JsonObject, ToolCall } from "../../request/wire-types.js";
import { nearly } from "../../testing/nearly.js";
import { oddMessagesBody, wildMessagesBody } from "../../testing/odd-messages.js";
import { anthropicMessages } from "../anthropic-messages.js";
import type { StreamItem } from "../protocol.js";
import { createItemMemory } from "../responses/item-memory.js";
import { readMessagesRequest } from "./read-messages-request.js";

const CALLER = { headers: new Headers(), items: createItemMemory(Date.now), now: Date.now };

const said = fc.string({ minLength: 1 }).filter((text) => text.trim() !== "");
const names = fc.constantFrom("read_file", "write", "x");
const calls = fc.array(fc.record({ name: names, input: fc.dictionary(fc.string(), fc.jsonValue()) }), { maxLength: 3 });

/** A turn of an agent: what it says and calls, what came of it, and what the user adds. */
const turns = fc.array(fc.record({ text: fc.option(said), calls, results: fc.array(said), more: fc.option(said) }), {
  maxLength: 4,
});

/** The same conversation as a chat. */
function chatOf(first: string, system: string | null, given: typeof turns extends fc.Arbitrary<infer T> ? T : never) {
  const messages: ChatMessage[] = [{ role: "user", content: first }];
  if (system !== null) messages.unshift({ role: "system", content: system });
  for (const [turn, { text, calls: called, results, more }] of given.entries()) {
    const tool_calls = called.map(
      ({ name, input }, index): ToolCall => ({
        id: `call_${turn}_${index}`,
        type: "function",
        function: { name, arguments: JSON.stringify(input) },
      }),
    );
    if (tool_calls.length > 0) {
      messages.push({ role: "assistant", content: text, tool_calls });
      for (const [index, { id }] of tool_calls.entries())
        messages.push({ role: "tool", tool_call_id: id, content: results[index] ?? "(empty)" });
    } else messages.push({ role: "assistant", content: text ?? "Well." });
    if (more !== null) messages.push({ role: "user", content: more });
  }
  return messages;
}

/** The blocks of an answer, as a client gets them. */
function answered(message: ChatAnswerMessage): unknown {
  const call = anthropicMessages.read({ model: "m", messages: [{ role: "user", content: "Hi" }] }, CALLER);
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const answer = { id: "c", object: "chat.completion" as const, created: 1, model: "m", choices };
  return (call.whole(answer, {} as never) as { content: unknown }).content;
}

/** A chat in Anthropic's words, as a client keeps its history: answers as it got them. */
function asMessages(chat: readonly ChatMessage[]): JsonObject {
  const messages: { role: string; content: unknown }[] = [];
  const body: JsonObject = { model: "m", messages };
  for (const { role, content, tool_calls: called = [], tool_call_id: id } of chat) {
    if (role === "system") body.system = content;
    else if (role === "tool") {
      const block = { type: "tool_result", tool_use_id: id, content };
      const last = messages.at(-1);
      if (last?.role === "user" && Array.isArray(last.content)) last.content.push(block);
      else messages.push({ role: "user", content: [block] });
    } else if (role === "user") {
      const last = messages.at(-1);
      if (last?.role === "user" && Array.isArray(last.content)) last.content.push({ type: "text", text: content });
      else messages.push({ role, content });
    } else {
      messages.push({
        role,
        content: answered({ role: "assistant", content: content as string | null, tool_calls: [...called] }),
      });
    }
  }
  return body;
}

describe("a conversation in Anthropic's words", () => {
  it("is the chat that it was: texts, calls, results and their order", () => {
    fc.assert(
      fc.property(said, fc.option(said), turns, (first, system, given) => {
        const chat = chatOf(first, system, given);
        expect(readMessagesRequest(asMessages(chat)).body.messages).toEqual(chat);
      }),
      { numRuns: 300 },
    );
  });
});

async function streamed(items: readonly StreamItem[]): Promise<JsonObject[]> {
  async function* source(): AsyncGenerator<StreamItem> {
    yield* items;
  }
  const call = anthropicMessages.read(
    {
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      thinking: { type: "adaptive" },
    },
    CALLER,
  );
  const blocks: JsonObject[] = [];
  for await (const event of call.events(source())) {
    if (typeof event === "string") continue;
    const { type, content_block: block, delta } = JSON.parse(event.data);
    const last = blocks.at(-1) as Record<string, string>;
    if (type === "content_block_start") blocks.push({ ...block });
    if (delta?.type === "text_delta") last.text += delta.text;
    if (delta?.type === "thinking_delta") last.thinking += delta.thinking;
    if (delta?.type === "input_json_delta") last.json = (last.json ?? "") + delta.partial_json;
  }
  return blocks.map(({ json, ...block }) =>
    json === undefined ? block : { ...block, input: JSON.parse(String(json)) },
  );
}

describe("an answer", () => {
  const answers = fc.record({ thoughts: fc.option(said), text: fc.option(said), calls });

  it("has the same blocks whole and streamed, in whatever pieces", async () => {
    const pieces = fc.infiniteStream(fc.nat({ max: 7 }));
    await fc.assert(
      fc.asyncProperty(answers, pieces, async ({ thoughts, text, calls: called }, sizes) => {
        const tool_calls = called.map(({ name, input }, index) => ({
          id: `call_${index}`,
          type: "function" as const,
          function: { name, arguments: JSON.stringify(input) },
        }));
        const message: ChatAnswerMessage = {
          role: "assistant",
          content: text,
          reasoning_content: thoughts,
          tool_calls,
        };
        const head = { id: "c", created: 1, model: "m" };
        const cut = (whole: string): string[] => {
          const parts: string[] = [];
          for (let at = 0; at < whole.length; ) {
            const size = (sizes.next().value ?? 0) + 1;
            parts.push(whole.slice(at, at + size));
            at += size;
          }
          return parts;
        };
        const deltas = [
          ...cut(thoughts ?? "").map((reasoning_content) => ({ reasoning_content })),
          ...cut(text ?? "").map((content) => ({ content })),
          ...tool_calls.flatMap(({ id, type, function: { name, arguments: input } }, index) => [
            { tool_calls: [{ index, id, type, function: { name, arguments: "" } }] },
            ...cut(input).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
          ]),
        ];
        const items: StreamItem[] = deltas.map((delta) => ({
          ...head,
          object: "chat.completion.chunk",
          choices: [{ index: 0, delta, finish_reason: null }],
        }));
        const call = anthropicMessages.read(
          {
            model: "m",
            messages: [{ role: "user", content: "Hi" }],
            thinking: { type: "adaptive" },
          },
          CALLER,
        );
        const whole = call.whole(
          { ...head, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] },
          {} as never,
        ) as { content: unknown };
        expect(await streamed(items)).toEqual(whole.content);
      }),
      { numRuns: 200 },
    );
  });
});

describe("any body", () => {
  it("is read, or refused by the name of a field", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(wildMessagesBody, oddMessagesBody(nearly(30))), (given) => {
        try {
          anthropicMessages.read(given, CALLER);
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(FatalUpstreamError);
          expect(error).toMatchObject({ code: "invalid_request", param: expect.stringMatching(/./) });
        }
      }),
      { numRuns: 10_000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it("that nests without end is refused", () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 50_000; depth += 1)
      deep = { type: "document", source: { type: "content", content: [deep] } };
    const ofUser = { model: "m", messages: [{ role: "user", content: [deep] }] };
    const ofCall = {
      model: "m",
      messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a", name: "b", input: deep }] }],
    };
    for (const given of [ofUser, ofCall]) {
      expect(() => anthropicMessages.read(given, CALLER)).toThrow(expect.objectContaining({ code: "invalid_request" }));
    }
  });
});

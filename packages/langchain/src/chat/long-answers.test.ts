import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  mapStoredMessagesToChatMessages,
} from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { invalidCallsOf } from "../messages/invalid-calls.js";
import { reportOf } from "../messages/report-of.js";
import { AFTERWARDS, MESSAGE_PATHS } from "../testing/message-paths.js";
import { openWorld, rejection } from "../testing/open-world.js";

const text = longText({ tokens: 1_300 });
const question = "Pay Ada 1000";
const MODELS = [
  "gpt-4o-mini",
  "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
  "gemini-1.5-flash",
  "claude-3-haiku-20240307",
];
const SETTINGS = [{}, { streaming: true }, { outputVersion: "v1" }, { outputVersion: "v1", streaming: true }] as const;
const paths = SETTINGS.flatMap((settings) =>
  Object.entries(MESSAGE_PATHS)
    // `streaming` is a matter of calls that come whole.
    .filter(([path]) => !("streaming" in settings) || /^(?:invoke|batch|generate)/.test(path))
    .map(([path, run]) => ({ path, run, settings })),
);
const cut = { response_metadata: { finish_reason: "length" } };
const roundTrip = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

describe.each(paths)("a long answer by $path with $settings", ({ path, run, settings }) => {
  it("is one message with the usage of one, and reports its parts", async () => {
    const { chat, sandbox } = await openWorld();
    const { usage_metadata: first } = await chat({ continueAtCap: 0, maxTokens: 1 }).invoke(question);
    const before = sandbox.used();
    sandbox.write({ text });
    const message = (await run(chat({ ...settings, continueAtCap: 8, maxTokens: 3_000 }))) as AIMessage;
    expect(message.text).toBe(text);
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    if (path === "_streamChatModelEvents") return;
    expect(message).toMatchObject({
      id: expect.stringMatching(/^[\w-]+$/),
      response_metadata: { finish_reason: "stop" },
    });
    const { input_tokens: input = 0, output_tokens: output = 0, total_tokens: total } = message.usage_metadata ?? {};
    expect([input, total]).toEqual([first?.input_tokens, input + output]);
    // What was kept, and not the echoes.
    expect(output).toBeGreaterThan(1_250);
    expect(output).toBeLessThan(1_400);
    const report = reportOf(message);
    expect(report).toMatchObject({ ended: "complete", truncatedByTier: false, attempts: 3 });
    expect(report?.parts?.map(({ seam }) => seam)).toEqual(["first", "echo", "echo"]);
    const cost = report?.parts?.reduce((sum, { apiTokens = 0 }) => sum + apiTokens, 0);
    expect([report?.apiTokens, cost]).toEqual([sandbox.used() - before, sandbox.used() - before]);
  });
});

/** Arguments of two parts. */
const file = { file_path: "/report.ts", content: longText({ kind: "file", tokens: 700 }) };
const writeFile = {
  type: "function",
  function: {
    name: "write_file",
    parameters: {
      type: "object",
      properties: { file_path: { type: "string" }, content: { type: "string" } },
      required: ["file_path", "content"],
    },
  },
};
const tools = { modelKwargs: { tools: [writeFile] }, continueAtCap: 8 };

describe.each(paths)("a long tool call by $path with $settings", ({ path, run, settings }) => {
  it("is a whole one, also from a checkpoint and in copies", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text: JSON.stringify(file), as: "tool", tool: "write_file" });
    const message = await run(chat({ ...settings, ...tools }));
    for (const [change, apply] of Object.entries(AFTERWARDS)) {
      const read = (await apply(message)) as AIMessage;
      expect(read.tool_calls, change).toEqual([
        { type: "tool_call", id: expect.any(String), name: "write_file", args: file },
      ]);
      expect(invalidCallsOf(read), change).toEqual([]);
      // Core's own class leaves the pieces among the blocks as well.
      const types = read.contentBlocks.map(({ type }) => type).filter((type) => type !== "text");
      if (!path.includes("own class")) expect(types, change).toEqual(["tool_call"]);
    }
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("that can't be continued is none that is run", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text: JSON.stringify(file), as: "tool", tool: "write_file", habit: "changesMind" });
    const message = await run(chat({ ...settings, ...tools }));
    for (const [change, apply] of Object.entries(AFTERWARDS)) {
      const read = (await apply(message)) as AIMessage;
      expect(read.tool_calls, change).toEqual([]);
      const [invalid, ...others] = invalidCallsOf(read);
      expect(others, change).toEqual([]);
      expect(JSON.stringify(file).startsWith(invalid?.args ?? "none"), change).toBe(true);
      expect(invalid?.args?.length, change).toBeGreaterThan(1_000);
    }
  });
});

describe("a long answer that is streamed", () => {
  it("gives handlers the joined text alone, with one id", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text, habit: "remark" }, { times: 2 });
    const model = chat({ continueAtCap: 8 });
    const heard: string[] = [];
    const starts: string[] = [];
    const callbacks = [
      {
        handleChatModelStart: () => void starts.push("start"),
        handleLLMNewToken: (token: string) => void heard.push(token),
        awaitHandlers: true,
      },
    ];
    const ids = new Set<string | undefined>();
    const told: string[] = [];
    for await (const chunk of await model.stream(question, { callbacks })) {
      ids.add(chunk.id);
      told.push(chunk.text);
    }
    expect([heard.join(""), told.join(""), starts]).toEqual([text, text, ["start"]]);
    ids.delete(undefined);
    expect(ids.size).toBe(1);
    heard.length = 0;
    await chat({ continueAtCap: 8, streaming: true }).invoke(question, { callbacks });
    expect(heard.join("")).toBe(text);
  });

  it("starts and ends once in streamEvents v2", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text });
    const events: string[] = [];
    const ids = new Set<unknown>();
    let said = "";
    for await (const { event, data } of chat({ continueAtCap: 8 }).streamEvents(question, { version: "v2" })) {
      if (event !== events.at(-1)) events.push(event);
      if (event !== "on_chat_model_stream") continue;
      said += data.chunk.text;
      ids.add(data.chunk.id);
    }
    expect(events).toEqual(["on_chat_model_start", "on_chat_model_stream", "on_chat_model_end"]);
    expect([said, ids.size]).toEqual([text, 1]);
  });

  it("starts and ends once as events of content blocks", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text });
    const kinds: string[] = [];
    let said = "";
    const model = chat({ continueAtCap: 8 });
    for await (const event of model._streamChatModelEvents([new HumanMessage(question)], {} as never)) {
      if (event.event === "content-block-delta" && event.delta.type === "text-delta") said += event.delta.text;
      else kinds.push(event.event);
    }
    const once = ["message-start", "content-block-start", "content-block-finish", "message-finish"];
    expect(kinds.filter((kind) => once.includes(kind))).toEqual(once);
    expect(said).toBe(text);
  });

  it("may be left in the middle, and nothing more is sent", async () => {
    const { chat, sandbox, ended } = await openWorld();
    sandbox.write({ text });
    for await (const _ of await chat({ continueAtCap: 8 }).stream(question)) break;
    await ended(1);
    expect(sandbox.counts()).toMatchObject({ received: 1 });
  });
});

describe("the report of a long answer", () => {
  const reports = async (fields: object, draft: object, invoke?: object) => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text, ...draft }, { times: 3 });
    const model = chat({ continueAtCap: 8, ...fields });
    let streamed: AIMessageChunk | undefined;
    for await (const chunk of await model.stream(question, invoke)) streamed = streamed?.concat(chunk) ?? chunk;
    return [await model.invoke(question, invoke), streamed as BaseMessage, await model.streamEvents(question, invoke)];
  };

  it("is plain JSON that survives a checkpoint, on every path", async () => {
    for (const message of await reports({}, {})) {
      const [stored] = mapStoredMessagesToChatMessages([roundTrip(message.toDict())]);
      const report = reportOf(message);
      expect(report).toMatchObject({
        ended: "complete",
        parts: [{ seam: "first" }, { seam: "echo" }, { seam: "echo" }],
      });
      expect(stored && reportOf(stored)).toEqual(report);
      expect(roundTrip(report)).toEqual(report);
    }
  });

  it.each([
    ["max_tokens", { maxTokens: 900 }, {}, false],
    ["parts", { continueAtCap: 1 }, {}, true],
    ["no_proof", {}, { habit: "otherPlace" }, true],
    ["thoughts", {}, { habit: "empty" }, true],
  ])("says why it ends: %s", async (ended, fields, draft, truncatedByTier) => {
    for (const message of await reports(fields, draft)) {
      expect(reportOf(message)).toMatchObject({ ended, truncatedByTier });
      expect(message).toMatchObject(cut);
      expect(text.startsWith(message.text) && message.text.length < text.length).toBe(true);
    }
  });

  it("says that a call switched it off, by having no parts", async () => {
    for (const message of await reports({}, {}, { continueAtCap: 0 })) {
      expect(reportOf(message)).not.toHaveProperty("parts");
      expect(reportOf(message)).not.toHaveProperty("ended");
    }
  });
});

describe("a model that continues its answers", () => {
  const kinds = ["sentences", "code", "table", "chinese"] as const;
  it.each(MODELS.flatMap((model) => kinds.map((kind) => ({ model, kind }))))(
    "does so as $model, with $kind, whole and streamed, without a refusal",
    async ({ model, kind }) => {
      const { chat, sandbox } = await openWorld();
      const wanted = longText({ kind, tokens: 1_100 });
      sandbox.write({ text: wanted }, { times: 2 });
      const continued = chat({ model, continueAtCap: 8, maxTokens: 3_000 });
      expect((await continued.invoke(question)).text).toBe(wanted);
      let streamed = "";
      for await (const chunk of await continued.stream(question)) streamed += chunk.text;
      expect(streamed).toBe(wanted);
      expect(sandbox.counts()).toMatchObject({ refused: 0 });
    },
  );

  it("answers a batch, each whole, in a conversation as well", async () => {
    const { chat, sandbox } = await openWorld();
    const texts = [1, 2, 3].map((seed) => longText({ tokens: 800, seed }));
    for (const [index, wanted] of texts.entries()) {
      const when = ({ body }: { body: unknown }) => JSON.stringify(body).includes(`Story ${index}`);
      sandbox.write({ text: wanted }, { when });
    }
    const answers = await chat({ continueAtCap: 8 }).batch(texts.map((_, index) => `Story ${index}`));
    expect(answers.map((answer) => answer.text)).toEqual(texts);
    const next = await chat({ continueAtCap: 8 }).invoke([
      ["user", "Story 0"],
      answers[0] as AIMessage,
      ["user", "Repeat the word: sea"],
    ]);
    expect(next.text).toContain("sea");
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("is a link of chains: withConfig, bindTools, pipes, retries and fallbacks", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ continueAtCap: 8 });
    const shout = RunnableLambda.from((message: BaseMessage) => message.text.toUpperCase());
    sandbox.write({ text }, { times: 4 });
    expect((await chat().withConfig({ continueAtCap: 8 }).invoke(question)).text).toBe(text);
    expect(await model.pipe(shout).invoke(question)).toBe(text.toUpperCase());
    expect((await model.withRetry({ stopAfterAttempt: 2 }).invoke(question)).text).toBe(text);
    const refused = chat({ model: "nobody-knows-it", continueAtCap: 8 });
    expect((await refused.withFallbacks([model]).invoke(question)).text).toBe(text);
    sandbox.write({ text: JSON.stringify(file), as: "tool", tool: "write_file" }, { times: 2 });
    const bound = model.bindTools([writeFile]);
    expect((await bound.invoke(question)).tool_calls).toMatchObject([{ args: file }]);
    let streamed: AIMessageChunk | undefined;
    for await (const chunk of await bound.stream(question)) streamed = streamed?.concat(chunk) ?? chunk;
    expect(streamed?.tool_calls).toMatchObject([{ args: file }]);
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("keeps what it has where the server fails in the middle: no error, no second beginning", async () => {
    const { chat, sandbox } = await openWorld();
    const heard: string[] = [];
    for (const streaming of [false, true]) {
      sandbox.write({ text });
      const isFollowUp = ({ body }: { body: unknown }) => JSON.stringify(body).includes("<<<");
      sandbox.fault({ kind: "publishedError", status: 401 }, { times: 9, when: isFollowUp });
      const model = chat({ continueAtCap: 8, streaming, maxRetries: 0 }).withFallbacks([chat({ model: "gpt-4o" })]);
      const answer = await model.invoke(question, { callbacks: [{ handleLLMError: () => void heard.push("error") }] });
      expect(text.startsWith(answer.text) && answer.text.length > 1_000).toBe(true);
      expect(reportOf(answer)).toMatchObject({ ended: "refused", truncatedByTier: true });
      expect(answer).toMatchObject(cut);
      sandbox.reset();
    }
    expect(heard).toEqual([]);
  });

  it("is ended by an abort in the middle, with what there is in a stream", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.write({ text });
    const abort = new AbortController();
    let said = "";
    const read = async () => {
      for await (const chunk of await chat({ continueAtCap: 8 }).stream(question, { signal: abort.signal })) {
        said += chunk.text;
        if (sandbox.counts().received === 2) abort.abort();
      }
    };
    expect(await rejection(read())).toMatchObject({ name: expect.stringMatching(/Abort/) });
    expect(text.startsWith(said)).toBe(true);
  });
});

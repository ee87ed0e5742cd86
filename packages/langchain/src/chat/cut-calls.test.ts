import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { invalidCallsOf } from "../messages/invalid-calls.js";
import { CUT_ARGUMENTS, STRANGE_ARGUMENTS } from "../testing/cut-calls.js";
import { AFTERWARDS, MESSAGE_PATHS } from "../testing/message-paths.js";
import { openWorld, type World } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";
import type { ChatLaplas } from "./chat-laplas.js";

const call = (name: string, id: string, args: unknown) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

/** The next request meets these calls, whole or streamed, in one piece or by the character. */
function script(
  { sandbox }: World,
  calls: readonly ReturnType<typeof call>[],
  finishReason: string,
  pieces: "one" | "many",
) {
  sandbox.reset();
  sandbox.fault(answerOf({ tool_calls: calls }, finishReason, { total_tokens: 1 }), {
    when: ({ streamed }) => !streamed,
  });
  const deltas = calls.flatMap(({ function: { name, arguments: args }, ...rest }, index): object[] => {
    if (pieces === "one") return [{ tool_calls: [{ index, ...rest, function: { name, arguments: args } }] }];
    const head = { tool_calls: [{ index, ...rest, function: { name, arguments: "" } }] };
    return [head, ...[...String(args)].map((char) => ({ tool_calls: [{ index, function: { arguments: char } }] }))];
  });
  sandbox.fault(streamOf(deltas, finishReason, { total_tokens: 1 }), { when: ({ streamed }) => streamed });
}

const SETTINGS = [
  {},
  { outputVersion: "v0", streaming: true },
  { outputVersion: "v1" },
  { outputVersion: "v1", streaming: true },
] as const;

/** `streaming` is a matter of calls that come whole. */
const cases = SETTINGS.flatMap((settings) =>
  Object.entries(MESSAGE_PATHS)
    .filter(([path]) => !("streaming" in settings) || /^(?:invoke|batch|generate)/.test(path))
    .map(([path, run]) => ({ path, run, settings })),
);

const ENDS = [
  ["length", "one"],
  ["tool_calls", "many"],
] as const;

function typesOf(message: AIMessage): string[] {
  return message.contentBlocks.map(({ type }) => type).filter((type) => type !== "text");
}

async function read(
  world: World,
  run: (model: ChatLaplas) => Promise<BaseMessage>,
  settings: (typeof SETTINGS)[number],
): Promise<[string, AIMessage][]> {
  const message = await run(world.chat(settings));
  const changed: [string, AIMessage][] = [];
  for (const [change, apply] of Object.entries(AFTERWARDS)) changed.push([change, (await apply(message)) as AIMessage]);
  return changed;
}

describe.each(cases)("$path with $settings", ({ path, run, settings }) => {
  it("never runs a call that was cut, or whose arguments are no object", async () => {
    const world = await openWorld();
    const calls = [...STRANGE_ARGUMENTS, ...CUT_ARGUMENTS].map(([kind, args]) => call("pay", kind, args));
    for (const [finishReason, pieces] of ENDS) {
      script(world, calls, finishReason, pieces);
      for (const [change, message] of await read(world, run, settings)) {
        expect(message.tool_calls, change).toEqual([]);
        expect(typesOf(message), change).not.toContain("tool_call");
        const invalid = invalidCallsOf(message).map(({ id, name, args }) => [id, name, args]);
        expect(invalid, change).toEqual(calls.map(({ id, function: called }) => [id, "pay", called.arguments]));
      }
    }
  });

  it("never runs a call that was cut before its first argument", async () => {
    const world = await openWorld();
    for (const args of ["", "  "]) {
      script(world, [call("pay", "call_1", args)], "length", "one");
      for (const [change, message] of await read(world, run, settings)) {
        expect(message.tool_calls, change).toEqual([]);
        expect(invalidCallsOf(message), change).toMatchObject([{ name: "pay" }]);
      }
    }
  });

  it("runs the calls before the cut one, with what they say", async () => {
    const world = await openWorld();
    const calls = [
      call("now", "call_1", ""),
      call("pay", "call_2", '{"amount": 10}'),
      call("pay", "call_3", '{"amount": 10'),
    ];
    for (const [finishReason, pieces] of ENDS) {
      script(world, calls, finishReason, pieces);
      for (const [change, message] of await read(world, run, settings)) {
        expect(message.tool_calls, change).toEqual([
          expect.objectContaining({ id: "call_1", name: "now", args: {} }),
          expect.objectContaining({ id: "call_2", name: "pay", args: { amount: 10 } }),
        ]);
        expect(invalidCallsOf(message), change).toMatchObject([{ id: "call_3", name: "pay" }]);
      }
    }
  });

  it("runs a whole call, also at the very end of an answer that was cut", async () => {
    const world = await openWorld();
    for (const [finishReason, pieces] of ENDS) {
      script(world, [call("pay", "call_1", ' {"amount": 10, "why": "a \\"{"} ')], finishReason, pieces);
      for (const [change, message] of await read(world, run, settings)) {
        expect(message.tool_calls, change).toMatchObject([{ id: "call_1", args: { amount: 10, why: 'a "{' } }]);
        expect(invalidCallsOf(message), change).toEqual([]);
        // Core's own class leaves the pieces among the blocks as well.
        if (!path.includes("own class")) expect(typesOf(message), change).toEqual(["tool_call"]);
      }
    }
  });

  it("takes no arguments for an empty object", async () => {
    const world = await openWorld();
    for (const args of ["", " ", "null", "{}"]) {
      script(world, [call("now", "call_1", args)], "tool_calls", "one");
      for (const [change, message] of await read(world, run, settings)) {
        // Core takes the word for unreadable: nothing is run, and nothing can be done.
        if (path.includes("own class") && args === "null") continue;
        expect(message.tool_calls, change).toEqual([expect.objectContaining({ id: "call_1", name: "now", args: {} })]);
        expect(invalidCallsOf(message), change).toEqual([]);
      }
    }
  });
});

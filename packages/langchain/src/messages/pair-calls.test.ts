import { load } from "@langchain/core/load";
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { pairCalls } from "./pair-calls.js";
import { toChatMessages } from "./to-chat-messages.js";

const error = "The call of pay was cut at the tier's output limit of 512 tokens and was not run.";
const cut = { id: "call_cut", name: "pay", args: '{"amount": 10', error, type: "invalid_tool_call" as const };
const whole = { id: "call_whole", name: "add", args: { a: 1 }, type: "tool_call" as const };
const sent = (id: string, name: string, args: string) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const result = (tool_call_id: string, content = "done", name?: string) =>
  new ToolMessage({ tool_call_id, content, ...(name === undefined ? {} : { name }) });
const human = new HumanMessage("Go on");

/** Ids that stand for none, as other packages and older programs leave them. */
const nameless = (...names: string[]): AIMessage =>
  new AIMessage({ content: "", tool_calls: names.map((name, index) => ({ name, args: { index } })) });
const unnamed = (content: string, name?: string): BaseMessage => {
  const message = result("", content, name);
  Object.assign(message, { tool_call_id: undefined });
  return message;
};

describe("a call that could not be run", () => {
  it("goes out without its arguments before the result that answers it", () => {
    const history = [new AIMessage({ content: "I pay.", invalid_tool_calls: [cut] }), result("call_cut", "too long")];
    expect(toChatMessages(history)).toEqual([
      { role: "assistant", content: "I pay.", tool_calls: [sent("call_cut", "pay", "{}")] },
      { role: "tool", tool_call_id: "call_cut", content: "too long" },
    ]);
  });

  it("has its reason for a result where nobody answered it, so that the model learns of it", () => {
    expect(toChatMessages([new AIMessage({ content: "", invalid_tool_calls: [cut] }), human])).toEqual([
      { role: "assistant", content: "", tool_calls: [sent("call_cut", "pay", "{}")] },
      { role: "tool", tool_call_id: "call_cut", content: error },
      { role: "user", content: "Go on" },
    ]);
  });

  it("has its reason for a result where only an older call of the same id has one", () => {
    const message = new AIMessage({ content: "", invalid_tool_calls: [cut] });
    const history = [
      message,
      result("call_cut", "too long"),
      new AIMessage({ content: "", invalid_tool_calls: [cut] }),
    ];
    const results = toChatMessages(history).filter(({ role }) => role === "tool");
    expect(results.map(({ content }) => content)).toEqual(["too long", error]);
  });

  it("stands beside whole calls, each with a result", () => {
    const message = new AIMessage({ content: "", tool_calls: [whole], invalid_tool_calls: [cut] });
    expect(toChatMessages([message, result("call_whole"), human])).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [sent("call_whole", "add", '{"a":1}'), sent("call_cut", "pay", "{}")],
      },
      { role: "tool", tool_call_id: "call_cut", content: error },
      { role: "tool", tool_call_id: "call_whole", content: "done" },
      { role: "user", content: "Go on" },
    ]);
  });

  it("is found among content blocks, where events leave it, and counted once", () => {
    const asBlock = new AIMessage({ content: [cut as never], response_metadata: { output_version: "v1" } });
    const twice = new AIMessage({ content: [cut as never], invalid_tool_calls: [cut] });
    for (const message of [asBlock, twice]) {
      expect(toChatMessages([message, result("call_cut")])).toEqual([
        { role: "assistant", content: "", tool_calls: [sent("call_cut", "pay", "{}")] },
        { role: "tool", tool_call_id: "call_cut", content: "done" },
      ]);
    }
  });

  it("is a call to models of other vendors too, without a trace among the blocks", () => {
    const text = { type: "text", text: "I pay." };
    const metadata = { response_metadata: { output_version: "v1" as const } };
    const message = new AIMessage({ content: [text, cut] as never, id: "a1", name: "agent", ...metadata });
    const [paired, result] = pairCalls([message]);
    expect(paired).toMatchObject({ id: "a1", name: "agent", tool_calls: [{ id: "call_cut", args: {} }] });
    expect(paired).toMatchObject({ invalid_tool_calls: [] });
    expect(paired?.contentBlocks.map(({ type }) => type)).toEqual(["text", "tool_call"]);
    expect(result).toMatchObject({ tool_call_id: "call_cut", status: "error", content: error });
  });

  it("that names no tool gets a name that upstreams take", () => {
    const message = new AIMessage({ content: "", invalid_tool_calls: [{ ...cut, name: "" }] });
    expect(toChatMessages([message])[0]).toMatchObject({ tool_calls: [sent("call_cut", "unknown", "{}")] });
  });

  it("is not said twice: what the answer says in its place stays here, and other words go out", () => {
    const said = (content: string) =>
      toChatMessages([new AIMessage({ content, invalid_tool_calls: [cut] })])[0]?.content;
    expect(said(error)).toBe("");
    expect(said(`I pay. ${error}`)).toBe(`I pay. ${error}`);
  });

  it("keeps its reason through a checkpoint", async () => {
    const message = new AIMessage({ content: error, invalid_tool_calls: [cut] });
    const loaded: BaseMessage = await load(JSON.stringify(message));
    expect(toChatMessages([loaded])).toEqual(toChatMessages([message]));
  });
});

describe("calls without ids", () => {
  it("get one by their place, and the results theirs", () => {
    expect(toChatMessages([human, nameless("add", "pay"), unnamed("1"), unnamed("2")])).toEqual([
      { role: "user", content: "Go on" },
      {
        role: "assistant",
        content: "",
        tool_calls: [sent("call_1_0", "add", '{"index":0}'), sent("call_1_1", "pay", '{"index":1}')],
      },
      { role: "tool", tool_call_id: "call_1_0", content: "1" },
      { role: "tool", tool_call_id: "call_1_1", content: "2" },
    ]);
  });

  it("are told apart by the name of the tool, and from one turn to the next", () => {
    const history = [
      nameless("add", "pay"),
      unnamed("paid", "pay"),
      unnamed("3", "add"),
      nameless("add"),
      unnamed("5"),
    ];
    const ids = toChatMessages(history).map(({ tool_call_id: id }) => id);
    expect(ids).toEqual([undefined, "call_0_1", "call_0_0", undefined, "call_3_0"]);
  });

  it("keep their ids when the conversation goes on", () => {
    const history = [human, nameless("add"), unnamed("1")];
    expect(toChatMessages([...history, human]).slice(0, 3)).toEqual(toChatMessages(history));
  });

  it("may have results that name a call all the same, and the other way round", () => {
    const mixed = new AIMessage({ content: "", tool_calls: [whole, { name: "pay", args: {} }] });
    const ids = (...results: BaseMessage[]) => toChatMessages([mixed, ...results]).map(({ tool_call_id: id }) => id);
    expect(ids(result("call_whole"), unnamed("paid"))).toEqual([undefined, "call_whole", "call_0_1"]);
    expect(ids(unnamed("paid"), result("call_whole"))).toEqual([undefined, "call_0_1", "call_whole"]);
    expect(ids(unnamed("1"), unnamed("2"))).toEqual([undefined, "call_whole", "call_0_1"]);
  });
});

it("leaves messages alone that every model takes, and the caller's own", () => {
  const history = [
    human,
    new AIMessage({ content: "", tool_calls: [whole] }),
    result("call_whole"),
    new AIMessage("Hi"),
  ];
  const paired = pairCalls(history);
  expect(paired.every((message, index) => message === history[index])).toBe(true);
  const own = new AIMessage({ content: error, invalid_tool_calls: [cut] });
  pairCalls([own]);
  expect(own).toMatchObject({ content: error, tool_calls: [], invalid_tool_calls: [cut] });
});

it("leaves results without a call, and calls of tools without a result, to the engine", () => {
  const history = [
    new AIMessage({ content: "", tool_calls: [whole] }),
    result("call_other"),
    unnamed("1"),
    unnamed("2"),
  ];
  expect(toChatMessages(history)).toEqual([
    { role: "assistant", content: "", tool_calls: [sent("call_whole", "add", '{"a":1}')] },
    { role: "tool", tool_call_id: "call_other", content: "done" },
    { role: "tool", tool_call_id: "call_whole", content: "1" },
    { role: "tool", tool_call_id: "", content: "2" },
  ]);
});

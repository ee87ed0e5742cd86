import { expect, it } from "vitest";
import { createConversations } from "./conversations.js";

const user = (content: unknown) => ({ role: "user", content });
const tool = (id: string) => ({ role: "tool", tool_call_id: id, content: "42" });
const body = (...messages: object[]) => ({ messages });

it("knows a conversation by its session, by the tool that was called last, else by its first prompt", () => {
  const kept = createConversations();
  kept.keep(body(user("Hello")), undefined, "a", ["c1", "c2"]);
  kept.keep(body(user("Hello")), "s", "b", []);
  expect(kept.find(body(user("Hello"), user("More")), undefined)).toEqual({ target: "a", isInsideTurn: false });
  expect(kept.find(body(user("Hello")), "s")).toEqual({ target: "b", isInsideTurn: false });
  expect(kept.find(body(user("Bye")), undefined)).toBeUndefined();
  // Inside a turn the tool's call counts, whatever the session says.
  expect(kept.find(body(user("Bye"), tool("c2")), "s")).toEqual({ target: "a", isInsideTurn: true });
  expect(kept.find(body(user("Bye"), tool("c2"), user("And?")), undefined)).toEqual({
    target: "a",
    isInsideTurn: false,
  });
  expect(kept.find(body(user("Bye"), tool("c3")), "s")).toEqual({ target: "b", isInsideTurn: true });
});

it("tells prompts apart by text and by parts", () => {
  const kept = createConversations();
  kept.keep(body({ role: "system", content: "Be brief" }, user([{ type: "text", text: "Hello" }])), undefined, "a", []);
  expect(kept.find(body(user([{ type: "text", text: "Hello" }])), undefined)?.target).toBe("a");
  expect(kept.find(body(user([{ type: "text", text: "Hello!" }])), undefined)).toBeUndefined();
  expect(kept.find({ messages: "no list" }, undefined)).toBeUndefined();
  expect(kept.find(undefined, "")).toBeUndefined();
});

it("keeps the newest ten thousand", () => {
  const kept = createConversations();
  for (let index = 0; index <= 10_000; index += 1) kept.keep(body(user(`prompt ${index}`)), undefined, "a", []);
  expect(kept.find(body(user("prompt 0")), undefined)).toBeUndefined();
  expect(kept.find(body(user("prompt 1")), undefined)?.target).toBe("a");
});

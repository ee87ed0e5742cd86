import { describe, expect, it } from "vitest";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage } from "../request/wire-types.js";
import { foldSystem } from "./fold-system.js";

function fold(...messages: ChatMessage[]) {
  const adjustments: Adjustment[] = [];
  const given = structuredClone(messages);
  const folded = foldSystem(messages, adjustments);
  expect(messages).toEqual(given);
  return { folded, adjustments };
}
const system = { role: "system", content: "Be brief." };
const user = { role: "user", content: "Hi" };
const assistant = { role: "assistant", content: "Hello." };

describe("instructions, for models without a system role", () => {
  it("stand at the head of the first user message, in their order, and this is reported", () => {
    const developer = { role: "developer", content: [{ type: "text", text: "Be kind." }] };
    const { folded, adjustments } = fold(system, assistant, user, developer, { ...user, content: "Bye" });
    expect(folded).toEqual([
      assistant,
      { role: "user", content: "Be brief.\n\nBe kind.\n\nHi" },
      { role: "user", content: "Bye" },
    ]);
    expect(adjustments).toEqual([{ field: "messages", to: "messages=system_in_first_user_message", rule: "dialect" }]);
  });

  it("are a user message of their own where there is no other", () => {
    expect(fold(system).folded).toEqual([{ role: "user", content: "Be brief." }]);
    expect(fold(system, assistant).folded).toEqual([{ role: "user", content: "Be brief." }, assistant]);
  });

  it("stand before parts that are no text, as a part", () => {
    const picture = { type: "image_url", image_url: { url: "https://a.example/1.png" } };
    expect(fold(system, { role: "user", content: [picture], name: "ann" }).folded).toEqual([
      { role: "user", content: [{ type: "text", text: "Be brief." }, picture], name: "ann" },
    ]);
  });

  it("may say nothing", () => {
    expect(fold({ role: "system", content: null }, user).folded).toEqual([user]);
    expect(fold({ role: "system", content: [{ type: "text" }] }, user).folded).toEqual([
      { role: "user", content: "\n\nHi" },
    ]);
  });

  it("are not there: nothing is changed", () => {
    const { folded, adjustments } = fold(assistant, user);
    expect([folded, adjustments]).toEqual([[assistant, user], []]);
  });
});

import { describe, expect, it } from "vitest";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage } from "../request/wire-types.js";
import { placeLateInstructions } from "./late-instructions.js";

function place(...messages: ChatMessage[]) {
  const adjustments: Adjustment[] = [];
  const given = structuredClone(messages);
  const placed = placeLateInstructions(messages, { adjustments });
  expect(messages).toEqual(given);
  return { placed, reported: adjustments.map(({ to }) => to) };
}
const system = { role: "system", content: "Be brief." };
const user = { role: "user", content: "Hi" };
const assistant = { role: "assistant", content: "Hello." };
const marked = "<system>\nBe brief.\n</system>";

describe("instructions, for families that take them at the head only", () => {
  it("stay as they are at the head, and where there is nothing else", () => {
    const developer = { role: "developer", content: "Be kind." };
    expect(place(system, developer, user, assistant)).toEqual({
      placed: [system, developer, user, assistant],
      reported: [],
    });
    expect(place(system, system)).toEqual({ placed: [system, system], reported: [] });
  });

  it("are a user's words later on, in their place, one message with the user's before and behind", () => {
    const developer = { role: "developer", content: "Be kind." };
    expect(place(system, assistant, developer, user, assistant, user, system, system, user)).toEqual({
      placed: [
        system,
        assistant,
        { role: "user", content: "<system>\nBe kind.\n</system>\n\nHi" },
        assistant,
        { role: "user", content: `Hi\n\n${marked}\n\n${marked}\n\nHi` },
      ],
      reported: ["messages=later_system_as_user_message"],
    });
    expect(place(user, assistant, system).placed).toEqual([user, assistant, { role: "user", content: marked }]);
  });

  it("leave apart what stood apart: neighbours without them, and speakers of two names", () => {
    expect(place(user, user, assistant, system).placed.slice(0, 3)).toEqual([user, user, assistant]);
    const [ann, bob] = [
      { ...user, name: "ann" },
      { ...user, name: "bob" },
    ];
    expect(place(ann, system, bob).placed).toEqual([{ ...ann, content: `Hi\n\n${marked}` }, bob]);
    expect(place(assistant, system, bob).placed).toEqual([assistant, { ...bob, content: `${marked}\n\nHi` }]);
  });

  it("stand beside parts that are no text, as a part", () => {
    const picture = { type: "image_url", image_url: { url: "https://a.example/1.png" } };
    expect(place({ role: "user", content: [picture] }, system).placed).toEqual([
      { role: "user", content: [picture, { type: "text", text: marked }] },
    ]);
  });

  it("are left out without words, and lose their name, which is reported", () => {
    expect(place(user, { role: "system", content: "" })).toEqual({
      placed: [user],
      reported: ["messages=without_empty"],
    });
    expect(place(user, { ...system, name: "rules" }).reported).toEqual([
      "messages=later_system_as_user_message",
      "messages=without_names",
    ]);
  });
});

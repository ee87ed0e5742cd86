import { describe, expect, it } from "vitest";
import type { ChatTurn } from "../chat/chat-request.js";
import { readFollowUp } from "./follow-up.js";

const turn = (role: ChatTurn["role"], text: string): ChatTurn => ({ role, text, toolCalls: [] });
const asked = turn("user", "Write");
const formOf = (instruction: string) =>
  readFollowUp([asked, turn("assistant", "so far"), turn("user", instruction)])?.form;

describe("the instruction to go on", () => {
  it("is read wherever its parts stand, the anchor to the character", () => {
    expect(formOf("Say <<<GO ON 2>>> and <end> far\n</end>. All said? <<<DONE>>>")).toEqual({
      mark: "<<<GO ON 2>>>",
      anchor: " far\n",
      endMark: "<<<DONE>>>",
    });
  });

  it("may hold marks and tags of its own in the anchor, and a tag before the first mark", () => {
    expect(formOf("<end>no</end> <<<A>>> <end>x <<<B>>> </end><end> y</end> <<<C>>>")).toEqual({
      mark: "<<<A>>>",
      anchor: "x <<<B>>> </end><end> y",
      endMark: "<<<C>>>",
    });
  });

  it.each([
    ["one mark", "<<<A>>> <end>far</end>"],
    ["the same mark twice", "<<<A>>> <end>far</end> <<<A>>>"],
    ["a mark in small letters", "<<<a>>> <end>far</end> <<<b>>>"],
    ["no anchor", "<<<A>>> <<<B>>>"],
    ["an anchor that does not end", "<<<A>>> <end>far <<<B>>>"],
    ["an anchor before the mark", "<end>far</end> <<<A>>> <<<B>>>"],
  ])("is not one with %s", (_, instruction) => {
    expect(readFollowUp([asked, turn("assistant", "so far"), turn("user", instruction)])).toBeUndefined();
  });
});

it("the answer so far is all that the assistant said last, but for calls", () => {
  const calling = { ...turn("assistant", "Let me look."), toolCalls: [{ id: "c", name: "f", arguments: "{}" }] };
  const before = [asked, calling, turn("tool", "4")];
  expect(readFollowUp([...before, turn("assistant", "It "), turn("assistant", "is")])).toEqual({
    conversation: before,
    soFar: "It is",
    form: undefined,
  });
  expect(readFollowUp(before)).toBeUndefined();
  expect(readFollowUp([asked, turn("assistant", " \n")])).toBeUndefined();
  expect(readFollowUp([asked, turn("assistant", "Hi"), asked])).toBeUndefined();
});

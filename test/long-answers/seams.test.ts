import type { LaplasOptions } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { FAMILIES } from "../open-roomy.ts";
import { askLong } from "./ask-long.ts";
import { longTask } from "./kinds.ts";
import { bodiesAt, expectNoRefusal, openLong } from "./open-long.ts";

const HAIKU = "claude-3-haiku-20240307";
const PREFILL: LaplasOptions["models"] = [
  {
    id: HAIKU,
    modality: "chat",
    dialect: "claude",
    capabilities: { prefill: { evidence: "This test: the sandbox goes on behind a last message of the assistant." } },
  },
];

describe.each([
  ["whole", false],
  ["streamed", true],
] as const)("%s", (_, stream) => {
  it.each(["sentences", "code", "table", "chinese", "list", "file"] as const)(
    "a model that takes a prefill gets no instruction, and no white space at the end of its answer: %s",
    async (kind) => {
      const { sandbox, laplas } = await openLong({ models: PREFILL });
      // The jitter lets cuts fall behind white space too.
      for (const seed of [1, 2, 3]) {
        const task = longTask(kind, HAIKU, `Write ${kind}, ${seed}.`, seed, 1_600);
        sandbox.write({ ...task.draft, jitter: 60, torn: seed === 3 ? "replaced" : "whole" });
        const answer = await askLong(laplas, task.request, { stream });
        expect(answer).toMatchObject({ finishReason: kind === "file" ? "tool_calls" : "stop", ended: "complete" });
        expect(task.read(answer)).toBe(task.text);
        expect(answer.report.parts?.slice(1).map(({ seam }) => seam)).toEqual(Array(answer.parts - 1).fill("prefill"));
      }
      for (const { messages } of bodiesAt(sandbox)) expect(JSON.stringify(messages)).not.toContain("<<<");
      expectNoRefusal(sandbox);
    },
  );

  it("of a prefill the cut may fall in white space, and in the caller's own beginning it stands", async () => {
    const { sandbox, laplas } = await openLong({ models: PREFILL });
    // Behind the word before the cap come blank lines, over it.
    const text = `${"A word. ".repeat(255)}\n\n\n\n\n\n\n\n\n\n\n\nAnd then an end.`;
    sandbox.write({ text }, { times: 2 });
    const request = { model: HAIKU, messages: [{ role: "user" as const, content: "Write words." }] };
    expect(await askLong(laplas, request, { stream })).toMatchObject({ text, finishReason: "stop", ended: "complete" });
    const begun = { role: "assistant" as const, content: "Words:" };
    const asked = { ...request, messages: [...request.messages, begun] };
    expect(await askLong(laplas, asked, { stream })).toMatchObject({ text, finishReason: "stop", ended: "complete" });
    const [, , , goneOn] = bodiesAt(sandbox);
    expect(JSON.stringify(goneOn?.messages)).toMatch(/Words:A word\..*word\."/);
    expectNoRefusal(sandbox);
  });

  it("plain seams take a rest without an echo, and the report says so", async () => {
    const { sandbox, laplas } = await openLong({ continueSeams: "plain" });
    const { draft, request, text } = longTask("sentences", FAMILIES.openai, "Write sentences.", 4, 1_600);
    sandbox.write({ ...draft, habit: "ignores" });
    const answer = await askLong(laplas, request, { stream });
    expect(answer).toMatchObject({ text, finishReason: "stop", ended: "complete" });
    const seams = answer.report.parts?.map(({ seam }) => seam);
    expect(seams).toEqual(["first", ...Array(answer.parts - 1).fill("unproved")]);
  });

  it("plain seams take no text that begins again, and no JSON without an echo", async () => {
    const { sandbox, laplas } = await openLong({ continueSeams: "plain" });
    for (const [kind, habit, ended] of [
      // The whole again and nothing behind it, as the cap cuts it in the same place.
      ["sentences", "sameAgain", "thoughts"],
      ["sentences", "changesMind", "no_proof"],
      ["list", "ignores", "no_proof"],
      ["file", "ignores", "no_proof"],
    ] as const) {
      const { draft, request } = longTask(kind, FAMILIES.openai, `Write ${kind} ${habit}.`, 5, 1_600);
      sandbox.write({ ...draft, habit });
      const answer = await askLong(laplas, request, { stream });
      expect(answer, habit).toMatchObject({ finishReason: "length", ended });
    }
  });
});

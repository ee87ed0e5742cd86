import { expect, it } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import type { ChatCompletion, Usage } from "../request/wire-types.js";
import { addUsage, joinAnswers, joinReports } from "./join-answers.js";
import type { CallReport } from "./report.js";

function answerOf(id: string, contents: readonly string[], usage?: Usage): ChatCompletion {
  const choices = contents.map((content, index) => ({
    index,
    message: { role: "assistant" as const, content },
    finish_reason: "stop",
  }));
  return { id, object: "chat.completion", created: 1, model: "m", choices, ...(usage === undefined ? {} : { usage }) };
}

it("numbers the choices of several chats, n for each, in their order", () => {
  const answers = [answerOf("a", ["1", "2"]), answerOf("b", ["3"]), answerOf("c", ["4", "5"])];
  const { id, choices } = joinAnswers(answers, 2);
  expect(id).toBe("a");
  // The second chat gave one choice of two.
  expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, "1"],
    [1, "2"],
    [2, "3"],
    [4, "4"],
    [5, "5"],
  ]);
});

it("sums usage, in details as well, and says none where none was said", () => {
  const one = { prompt_tokens: 8, completion_tokens: 10, total_tokens: 18, details: { cached: 1 }, estimated: true };
  const two = {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    details: { cached: 2, more: 3 },
    api_tokens: 5,
  };
  expect(joinAnswers([answerOf("a", [], one), answerOf("b", [], two)], 1).usage).toEqual({
    prompt_tokens: 9,
    completion_tokens: 12,
    total_tokens: 21,
    details: { cached: 3, more: 3 },
    api_tokens: 5,
    estimated: true,
  });
  expect(joinAnswers([answerOf("a", []), answerOf("b", [])], 1)).not.toHaveProperty("usage");
  expect(
    addUsage({ estimated: true, prompt_tokens_details: { a: 1 } }, { estimated: false, prompt_tokens_details: null }),
  ).toEqual({
    estimated: true,
    prompt_tokens_details: { a: 1 },
  });
});

it("tells the story of several calls: sums, each change once, and what is left now", () => {
  const cap = { field: "max_tokens", to: "max_tokens=512", rule: "output" };
  const seed = { field: "seed", to: "seed=dropped", rule: "dialect" };
  const shared = { estimated: false, waitedMs: 5, attempts: 1, windows: [], truncatedByTier: false };
  const reports: CallReport[] = [
    { ...shared, apiTokens: 16, adjusted: [cap], remaining: 100, requestId: "a", truncatedByTier: true },
    { ...shared, apiTokens: 20, adjusted: [cap, seed], remaining: 80, requestId: "b", estimated: true },
  ];
  expect(joinReports(reports, laplas.unit)).toEqual({
    apiTokens: 36,
    adjusted: [cap, seed],
    estimated: true,
    waitedMs: 10,
    attempts: 2,
    windows: [],
    truncatedByTier: true,
    remaining: 80,
    requestId: "a",
  });
});

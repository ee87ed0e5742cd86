import type { Plan } from "@laplas/core";
import { expect, it, test } from "vitest";
import { openShell, PROMPT } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { linesJob, planLines } from "./plan.js";

it("reads bodies, requests with counts, and lines of a batch", () => {
  const body = { model: "a", messages: [] };
  const lines = [body, { request: body, count: 20 }, { custom_id: "1", method: "POST", url: "/v1", body }];
  const jsonl = `${lines.map((line) => JSON.stringify(line)).join("\n\n")}\n`;
  expect(linesJob(jsonl, "f", undefined)).toEqual({
    calls: [1, 20, 1].map((count) => ({ request: body, count })),
    names: ["line 1", "line 3", "line 5"],
  });
  expect(linesJob(jsonl, "f", "b").calls[1]?.request.model).toBe("b");
});

test.each([
  ['{"a":1}\n{"a":', "f, line 2, is no JSON."],
  ["[1]", "f, line 1, must hold a JSON object: the body of a call."],
  [" \n\n", "f is empty, but must hold the body of a call on each line, as JSON."],
  ['{"request":{}}\n{"request":{},"count":-1}', 'f, line 2: "count" must be a whole number, 1 or more.'],
])("%j: %s", (jsonl, message) => expect(() => linesJob(jsonl, "f", undefined)).toThrow(message));

it("names what can never be called, but not thousands of them", () => {
  const error = { code: "model_not_on_tier", message: "no", retryable: false } as const;
  const refused = Array.from({ length: 12 }, (_, index) => ({ index, error }));
  const plan = {
    calls: 3,
    requests: 5,
    cost: { expected: 9, worst: 9, unit: "API tokens" },
    fitsToday: false,
    days: 2,
    takesMs: 80_000_000,
    boundBy: "daily_api_tokens",
    refused,
    fitting: [{ model: "cheap", cost: 1 }],
  };
  const lines = planLines(
    plan,
    refused.map(({ index }) => `line ${index}`),
    80,
  );
  expect(plain(lines)).toMatch(
    /Takes 2 days[\s\S]*3, which become 5 requests[\s\S]*line 9: no\n.*and 2 more[\s\S]*cheap {2}1 API token$/,
  );
});

test.each<[string, Partial<Plan>, RegExp]>([
  ["what fits at once", {}, /^Fits into what is left today\.\n[\s\S]*Cost +about 9 neurons, at most 12$/],
  ["what waits less than a minute", { takesMs: 59_999 }, /^Fits into what is left today\./],
  [
    "what waits for windows of minutes",
    { takesMs: 8_390_000, boundBy: "pace" },
    /^Fits into today: takes about 2 h 20 min\.[\s\S]*Held up by +pace$/,
  ],
  [
    "what takes days, in the unit of another provider",
    { days: 3, fitsToday: false, takesMs: 2e8, fitting: [{ model: "cheap", cost: 1.5 }] },
    /^Takes 3 days\.[\s\S]*cheap {2}2 neurons$/,
  ],
])("tells how long it takes: %s", (_, more, text) => {
  const plan = { calls: 3, requests: 3, cost: { expected: 9, worst: 12, unit: "neurons" }, days: 1, takesMs: 0 };
  const lines = planLines({ ...plan, fitsToday: true, refused: [], fitting: [], ...more }, [], 80);
  expect(plain(lines)).toMatch(text);
});

it("ends with 1 where a prompt is too long for its model", async () => {
  const shell = await openShell();
  const bodies = ["word ".repeat(20_000), "Hi"].map((content) => ({
    model: "gpt-4",
    messages: [{ role: "user", content }],
  }));
  shell.write("job.jsonl", bodies.map((body) => JSON.stringify(body)).join("\n"));
  const { code, stdout } = await shell.run(["plan", "job.jsonl"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/Never +1 call\n +line 1: The prompt is longer than the model's maximum context length/);
});

it("plans a file, and names the lines that can never be called", async () => {
  const shell = await openShell();
  const body = { model: "gpt-4o", messages: [{ role: "user", content: PROMPT }] };
  const [many, never] = [
    { request: body, count: 400 },
    { custom_id: "a", body: { ...body, model: "veo2" } },
  ].map((line) => JSON.stringify(line));
  shell.write("job.jsonl", `${many}\n${never}`);
  const run = await shell.run(["plan", "job.jsonl", "--json"]);
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({
    object: "plan",
    calls: 400,
    fits_today: false,
    bound_by: "daily_api_tokens",
    refused: [{ index: 1, name: "line 2", error: { code: "model_not_on_tier" } }],
    fitting: expect.arrayContaining([{ model: "google/gemma-3-27b-it", api_tokens: 0 }]),
  });
  const later = await shell.run(["plan", "-"], { input: `${many}` });
  expect(later.code).toBe(3);
  expect(later.stdout).toMatch(
    /^Takes \d+ days\.\n[\s\S]*Held up by +daily_api_tokens\n[\s\S]*All of it would fit into today with:\n {2}\S/,
  );
});

it("plans a folder, to embed it or to ask about each text", async () => {
  const shell = await openShell();
  for (const name of ["one", "two", "more/three"]) shell.write(`docs/${name}.md`, `The heron waits by mill ${name}.`);
  expect(await shell.json(["plan", "docs"])).toMatchObject({ calls: 1, days: 1, fits_today: true, refused: [] });
  expect(await shell.json(["plan", "docs", "--ask", "What is this?", "-m", "gpt-4o-mini"])).toMatchObject({ calls: 3 });
  expect(shell.sandbox.counts().received).toBe(0);
});

import type { Plan } from "@laplas/core";
import { expect, it, test } from "vitest";
import { openShell, PROMPT } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { linesJob } from "./lines-job.js";
import { planLines } from "./plan-lines.js";

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
  ['{"a":1}\n{"a":', "f, line 2, is not valid JSON."],
  ["[1]", "f, line 1, must hold a JSON object: the body of a call."],
  [" \n\n", "f is empty, but must hold the body of a call on each line, as JSON."],
  ['{"request":{}}\n{"request":{},"count":-1}', 'f, line 2: "count" must be a whole number, 1 or more, not -1.'],
  ['{"request":{},"count":0}', 'f, line 1: "count" must be a whole number, 1 or more, not 0.'],
  ['{"request":{},"count":1.5}', 'f, line 1: "count" must be a whole number, 1 or more, not 1.5.'],
  ['{"request":{},"count":"2"}', 'f, line 1: "count" must be a whole number, 1 or more, not "2".'],
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
    overLimit: [],
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
  [
    "what fits unless answers become long",
    { worstDays: 27 },
    /^Fits into what is left today at the usual cost; at worst 27 days\.\n/,
  ],
  [
    "what takes days, and more if answers become long",
    { days: 2, fitsToday: false, takesMs: 1e8, worstDays: 27 },
    /^Takes 2 days at the usual cost; at worst 27 days\.\n/,
  ],
  ["what waits less than a minute", { takesMs: 59_999 }, /^Fits into what is left today\./],
  [
    "what waits for windows of minutes",
    { takesMs: 8_390_000, boundBy: "pace" },
    /^Fits into today: takes about 2 h 20 min\.[\s\S]*Held up by +pace$/,
  ],
  [
    "what takes days, in the unit of another provider",
    { days: 3, fitsToday: false, takesMs: 2e8, fitting: [{ model: "cheap", cost: 1.5 }] },
    /^Takes 3 days\.[\s\S]*Ends +in about 2 d 7 h, after today's reset\n[\s\S]*cheap {2}2 neurons$/,
  ],
  [
    "what goes on beyond midnight",
    { days: 2, fitsToday: false, takesMs: 600_000, boundBy: "pace" },
    /^Takes 2 days\.[\s\S]*Ends +in about 10 min, after today's reset\n[\s\S]*Held up by +pace$/,
  ],
  [
    "what a broken ledger does not know",
    { days: 2, fitsToday: false, takesMs: 600_000, problem: "no" },
    /^Takes 2 days, if nothing is used yet\.[\s\S]*Ends +in about 10 min, if nothing is used yet\n/,
  ],
  [
    "what runs one after another, as long as that takes",
    { atOnce: 1 },
    /^Fits into[\s\S]*Run time +comes on top, and can't be foreseen: 3 requests, 1 at a time$/,
  ],
  ["what all runs at once", { atOnce: 3 }, /^(?![\s\S]*Run time)/],
  [
    "a call after which nothing passes",
    { overLimit: [{ index: 1, rule: "daily", limit: 5_000 }] },
    /^Fits into[\s\S]*Takes all +line 2 costs more than the whole limit of 5,000 \(daily\): nothing\n? +passes after such a call until the reset$/,
  ],
  [
    "several of them",
    { overLimit: [0, 1].map((index) => ({ index, rule: "daily", limit: 5_000 })) },
    /Takes all +line 1 and 1 other cost more/,
  ],
])("tells how long it takes: %s", (_, more, text) => {
  const plan = { calls: 3, requests: 3, cost: { expected: 9, worst: 12, unit: "neurons" }, days: 1, takesMs: 0 };
  const names = ["line 1", "line 2"];
  const lines = planLines({ ...plan, fitsToday: true, refused: [], overLimit: [], fitting: [], ...more }, names, 80);
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
    at_once: 1,
    over_limit: [],
    refused: [{ index: 1, name: "line 2", error: { code: "model_not_on_tier" } }],
    fitting: expect.arrayContaining([{ model: "google/gemma-3-27b-it", api_tokens: 0 }]),
  });
  const { days, worst_days: worstDays } = JSON.parse(run.stdout) as { days: number; worst_days: number };
  const later = await shell.run(["plan", "-"], { input: `${many}` });
  expect(later.code).toBe(3);
  expect(later.stdout).toMatch(
    /^Takes \d+ days at the usual cost; at worst \d+ days\.\n[\s\S]*Held up by +daily_api_tokens\n[\s\S]*All of it would fit into today with:\n {2}\S/,
  );
  expect(worstDays).toBeGreaterThan(days);
  expect(later.stdout).toContain(`Takes ${days} days at the usual cost; at worst ${worstDays} days.`);
});

it("plans a folder, to embed it or to ask about each text", async () => {
  const shell = await openShell();
  for (const name of ["one", "two", "more/three"]) shell.write(`docs/${name}.md`, `The heron waits by mill ${name}.`);
  expect(await shell.json(["plan", "docs"])).toMatchObject({
    calls: 1,
    days: 1,
    worst_days: 1,
    fits_today: true,
    refused: [],
  });
  shell.write("books/long.md", "heron ".repeat(20_000));
  expect(await shell.json(["plan", "books", "--chunk", "200000"])).toMatchObject({
    calls: 0,
    fits_today: false,
    refused: [{}],
  });
  expect(await shell.json(["plan", "docs", "--ask", "What is this?", "-m", "gpt-4o-mini"])).toMatchObject({ calls: 3 });
  expect(shell.sandbox.counts().received).toBe(0);
});

it("takes one file of text, in pieces, and a file of texts, as embed does", async () => {
  const shell = await openShell();
  const text = "The heron waits by the mill until the evening comes. ".repeat(200);
  shell.write("big.txt", text);
  shell.write("texts.jsonl", `{"id": "a", "text": "${text}"}\n{"id": "b", "text": "Short."}\n`);
  for (const [file, pieces] of [
    ["big.txt", 6],
    ["texts.jsonl", 7],
  ] as const) {
    const plan = await shell.json(["plan", file, "--chunk", "2000", "--ask", "What is this?"]);
    expect(plan).toMatchObject({ object: "plan", calls: pieces });
  }
  expect(await shell.json(["plan", "big.txt"])).toMatchObject({ object: "plan", calls: 1 });
  expect((await shell.run(["plan", "-"], { input: text })).stderr).toBe("laplas: stdin, line 1, is not valid JSON.\n");
});

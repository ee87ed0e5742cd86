import { expect, it } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { openShell } from "../testing/open-shell.js";

const ask = (model: string, more: object = {}): object => ({
  model,
  messages: [{ role: "user", content: "Hello" }],
  ...more,
});
const jsonl = (...lines: object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

it("checks each line of a JSONL file by itself, and sums up", async () => {
  const shell = await openShell();
  shell.write("calls.jsonl", jsonl(ask("gpt-4o-mini"), { request: ask("gpt-4o"), count: 20 }, ask("veo2")));
  const { code, stdout } = await shell.run(["check", "calls.jsonl"]);
  expect(code).toBe(1);
  const [heading, first, second, third, blank, why, ...rest] = stdout.replace(/ +/g, " ").split("\n");
  expect(heading).toMatch(/^ WOULD MODEL COST$/);
  expect(first).toBe("line 1 be sent at once gpt-4o-mini about 16 API tokens");
  expect(second).toMatch(/^line 2 \(20\) be sent at once gpt-4o about [\d,]+ API tokens$/);
  expect(third).toBe("line 3 never pass");
  expect([blank, why]).toEqual(["", expect.stringMatching(/^ line 3: .*veo2/)]);
  const sum = rest.slice(rest.indexOf("") + 1);
  expect(sum[0]).toBe(" Calls 22 calls: 21 at once, 1 never");
  expect(sum[1]).toMatch(/^ Cost about [\d,]+ API tokens, at most [\d,]+$/);
  expect(shell.sandbox.counts().received).toBe(0);
});

it("prints one object a line, then the sum, and takes stdin and a model in place of theirs", async () => {
  const shell = await openShell();
  const input = jsonl(ask("veo2"), { request: ask("veo2"), count: 2 });
  const { code, stdout } = await shell.run(["check", "-", "-m", "gpt-4o-mini", "--json"], { input });
  expect(code).toBe(0);
  const objects = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(objects).toMatchObject([
    { object: "check", verdict: "pass", name: "line 1", count: 1 },
    { object: "check", verdict: "pass", name: "line 2", count: 2 },
    { object: "check.sum", pass: 3, later: 0, never: 0, api_tokens: { expected: 48 } },
  ]);
});

it("exits with 3 where the worst is a wait, and a file of one line is one too", async () => {
  const shell = await openShell();
  shell.write("calls.jsonl", jsonl(ask("gpt-4o-mini")));
  const held = holdAnswer(shell.sandbox);
  const call = shell.start(["chat", "Hello"]);
  await held.arrived;
  const { code, stdout } = await shell.run(["check", "calls.jsonl"]);
  expect([code, stdout]).toEqual([3, expect.stringMatching(/^line 1 +wait its turn[\s\S]*1 call: 1 later/m)]);
  held.release();
  await call.ended;
});

it("names the lines that are wrong, and checks the others", async () => {
  const shell = await openShell();
  const text = `${jsonl(ask("gpt-4o"))}{"model"\n${jsonl({ request: ask("gpt-4o"), count: 0 }, ask("gpt-4o-mini"))}`;
  shell.write("calls.jsonl", text);
  const { code, stdout, stderr } = await shell.run(["check", "calls.jsonl"]);
  expect([code, stderr.split("\n")]).toEqual([
    2,
    [
      "laplas: calls.jsonl, line 2, is not valid JSON.",
      'laplas: calls.jsonl, line 3: "count" must be a whole number, 1 or more, not 0.',
      "",
    ],
  ]);
  expect(stdout).toMatch(/line 1 +be sent at once[\s\S]*line 4 +be sent at once[\s\S]*Calls +2 calls: 2 at once/);
  const json = await shell.run(["check", "calls.jsonl", "--json"]);
  const objects = json.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(objects).toMatchObject([
    { object: "check", name: "line 1" },
    { object: "check", name: "line 4" },
    { object: "error", error: { code: "invalid_options" } },
    { object: "error", error: { code: "invalid_options" } },
    { object: "check.sum", pass: 2, invalid: 2 },
  ]);
});

it("says no more than what is wrong where no line holds a call", async () => {
  const shell = await openShell();
  shell.write("calls.jsonl", "[1]\nno\n");
  expect(await shell.run(["check", "calls.jsonl"])).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "laplas: calls.jsonl, line 1, must hold a JSON object: the body of a call.\nlaplas: calls.jsonl, line 2, is not valid JSON.\n",
  });
});

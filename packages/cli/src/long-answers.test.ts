import { longText } from "@laplas/sandbox";
import { describe, expect, it, test } from "vitest";
import { openShell } from "./testing/open-shell.js";

/** More than twice the tier's limit. */
const TEXT = longText({ kind: "sentences", tokens: 1_200 });

describe("laplas serve", () => {
  test.each<[string, readonly string[], Record<string, string>, string]>([
    ["by 8 follow-ups", [], {}, "completed"],
    ["not at all by a flag", ["--continue-at-cap", "0"], {}, "incomplete"],
    ["not at all by the environment", [], { LAPLAS_CONTINUE_AT_CAP: "0" }, "incomplete"],
  ])("continues an answer at /responses %s", async (_, flags, environment, status) => {
    const shell = await openShell();
    shell.sandbox.write({ text: TEXT });
    const run = shell.start(["serve", "--port", "0", ...flags], { environment });
    const [, baseURL = ""] = await run.until("stderr", /Base URL +(\S+)\n/);
    const answer = await fetch(`${baseURL}/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", input: "Write" }),
    });
    expect(await answer.json()).toMatchObject({ status });
    run.signal("SIGTERM");
    await run.ended;
  });

  test.each<[string, readonly string[], RegExp | undefined]>([
    [
      "how far",
      ["--continue-at-cap", "8"],
      /\n {2}Continued +answers that the tier's limit cuts, by up to 8 further requests each\n/,
    ],
    [
      "of agents alone by default",
      [],
      /\n {2}Agents +cut answers at \/v1\/responses and \/v1\/messages are continued, by up to 8 further requests each\n/,
    ],
    ["nothing where they are not", ["--continue-at-cap", "0"], undefined],
    ["nothing by default where no tier cuts any", ["--tier", "paid"], undefined],
    ["nothing where no tier cuts any", ["--continue-at-cap", "8", "--tier", "paid"], undefined],
  ])("says as it starts that answers are continued: %s", async (_, flags, line) => {
    const shell = await openShell();
    const run = shell.start(["serve", "--sandbox", "--port", "0", ...flags]);
    await run.until("stderr", /Ctrl-C stops it/);
    if (line === undefined) expect(run.stderr()).not.toMatch(/continued/i);
    else expect(run.stderr()).toMatch(line);
    run.signal("SIGTERM");
    expect(await run.ended).toBe(0);
  });

  it("says in its help that agents' answers are continued, and how not", async () => {
    const { stdout } = await (await openShell()).run(["serve", "--help"]);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /\/v1\/messages .* up to 8 further requests each\. --continue-at-cap 0/,
    );
    expect(stdout.replace(/\s+/g, " ")).toContain("(default: 8 at /v1/responses and /v1/messages, else 0)");
  });
});

describe("laplas chat continues an answer", () => {
  test.each<[string, readonly string[], Record<string, string>, object]>([
    ["by a flag", ["--continue-at-cap", "8"], {}, {}],
    ["by the environment", [], { LAPLAS_CONTINUE_AT_CAP: "8" }, {}],
    ["by the configuration", [], {}, { continueAtCap: 8, continueSeams: "plain" }],
    ["by a flag before the environment", ["--continue-at-cap", "8"], { LAPLAS_CONTINUE_AT_CAP: "0" }, {}],
  ])("%s", async (_, flags, environment, config) => {
    const shell = await openShell();
    shell.write("laplas.config.json", JSON.stringify(config));
    shell.sandbox.write({ text: TEXT });
    const { stdout, stderr } = await shell.run(["chat", "Write", ...flags], { environment });
    expect(stdout.trimEnd()).toBe(TEXT.trimEnd());
    expect(stderr).toMatch(/^3 parts · [\d,]+ API tokens · [^\n]*\n$/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["the caller's limit", ["--continue-at-cap", "8", "--max-tokens", "900"], /^2 parts · .* · ends at max_tokens\n$/],
    ["no more follow-ups", ["--continue-at-cap", "1"], /\n2 parts · .* · cut: all follow-ups are used up\n$/],
  ])("and says in a pipe, too, what ended it: %s", async (_, flags, line) => {
    const shell = await openShell();
    shell.sandbox.write({ text: TEXT }, { times: 2 });
    const { code, stderr } = await shell.run(["chat", "Write", ...flags]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(line)]);
    const asJson = await shell.run(["chat", "Write", "--json", ...flags]);
    expect(asJson.stderr).not.toContain("parts ·");
  });

  it("but says nothing in a pipe of one that is whole at once, or that nobody continues", async () => {
    const shell = await openShell();
    shell.sandbox.write({ text: "A mill." });
    expect((await shell.run(["chat", "Write", "--continue-at-cap", "8"])).stderr).toBe("");
    shell.sandbox.write({ text: TEXT });
    expect((await shell.run(["chat", "Write", "--max-tokens", "100"])).stderr).toBe("");
  });

  it("and gives what there is of it to who stops it between two parts, by the exit code of a Ctrl-C", async () => {
    const shell = await openShell();
    shell.sandbox.write({ text: TEXT });
    const { promise, resolve } = Promise.withResolvers<void>();
    const { requests } = shell.sandbox;
    shell.sandbox.fault({ kind: "hold", until: promise, afterChunks: 0 }, { when: () => requests.length === 2 });
    const run = shell.start(["chat", "Write", "--continue-at-cap", "8"]);
    await shell.sandbox.received(2);
    run.signal("SIGINT");
    expect(await run.ended).toBe(130);
    resolve();
    expect(TEXT.startsWith(run.stdout().trimEnd())).toBe(true);
    expect(run.stdout().length).toBeGreaterThan(1_000);
    expect(run.stderr()).toContain("cut: the caller left");
  });

  it("and says of how many parts it is, in words and as JSON", async () => {
    const shell = await openShell();
    shell.sandbox.write({ text: TEXT }, { times: 2 });
    const run = shell.start(["chat", "Write", "--continue-at-cap", "8"], {
      columns: 100,
      environment: { NO_COLOR: "1" },
    });
    expect(await run.ended).toBe(0);
    expect(run.screen()).toMatch(/\n3 parts · [\d,]+ API tokens · [^\n]*\n$/);
    const told = await shell.json(["chat", "Write", "--continue-at-cap", "1"]);
    expect(told).toMatchObject({
      finish_reason: "length",
      report: { ended: "parts", parts: [{ seam: "first" }, { seam: "echo", api_tokens: expect.any(Number) }] },
    });
  });

  it("but not by what is no number, or too large a one", async () => {
    const shell = await openShell();
    for (const text of ["often", "101", "1e9", "-1"]) {
      const flag = await shell.run(["chat", "Write", "--continue-at-cap", text]);
      expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining("must be a whole number from 0 to 100.")]);
    }
    const long = await shell.run(["chat", "Write", "--max-tokens", "9".repeat(20)]);
    expect(long.stderr).toContain("must be a whole number from 1 to 9007199254740991.");
    const environment = { LAPLAS_CONTINUE_AT_CAP: "often" };
    const variable = await shell.run(["chat", "Write"], { environment });
    expect([variable.code, variable.stderr]).toEqual([
      2,
      expect.stringContaining('LAPLAS_CONTINUE_AT_CAP is "often", but must be a whole number from 0 to 100.'),
    ]);
  });
});

describe("what a long answer costs", () => {
  /** 8,000 model tokens. */
  const body = {
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "word".repeat(7_996) }],
    max_tokens: 4_000,
  };

  it("is said by laplas check and plan, in words and as JSON", async () => {
    const shell = await openShell();
    shell.write("body.json", JSON.stringify(body));
    shell.write("job.jsonl", `${JSON.stringify(body)}\n${JSON.stringify(body)}\n`);
    const flags = ["--continue-at-cap", "8"];
    const row =
      /If long {2}4,000 model tokens in 9 requests: about 33,779 API\s+tokens, at most [\d,]+; 68 % of a day\n/;
    expect((await shell.run(["check", "body.json", ...flags])).stdout).toMatch(row);
    expect((await shell.run(["check", "body.json"])).stdout).not.toContain("If long");
    expect(await shell.json(["check", "body.json", ...flags])).toMatchObject({ long_answer: { parts: 9 } });
    expect((await shell.run(["plan", "job.jsonl", ...flags])).stdout).toMatch(
      /If long\s+8,000 model tokens in 18 requests: about 67,558 API\s+tokens, at most [\d,]+; 135 % of a\s+day\. More than a day has: all within a day, some would end early\s+\(budget\)\n/,
    );
    expect(await shell.json(["plan", "job.jsonl", ...flags])).toMatchObject({
      long_answers: { parts: 18, tokens: 8_000, api_tokens: { expected: 67_558 }, share_of_day: 67_558 / 50_000 },
    });
    const dear = ["check", "--model", "gpt-4o", "--prompt", "Hello", "--max-tokens", "4000", ...flags];
    expect((await shell.run(dear)).stdout.replace(/\s+/g, " ")).toMatch(
      /in 9 requests: about [\d,]+ API tokens(, at most [\d,]+)?; \d+ % of a day\. More than a day has: it would end early \(budget\) $/,
    );
    expect(await shell.json(["plan", "job.jsonl"])).toMatchObject({ long_answers: null });
  });
});

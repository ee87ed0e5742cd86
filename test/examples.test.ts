import { describe, expect, it } from "vitest";
import { beginningOf, runExample, runExampleWith, runsTypeScript } from "./run-example.ts";

describe.runIf(runsTypeScript)("examples, each on the sandbox without a key", () => {
  it.each([
    ["chat.ts", ["Hello there!", "cost 16 API tokens; 49984 left"]],
    ["streaming.ts", ["the sea", "(asked in the middle of it: Hello there!"]],
    [
      "rag.ts",
      ["Books can be borrowed for four weeks. (lending.txt)", "On Sundays the library is not open. (opening.txt)"],
    ],
    [
      "limits-and-fallbacks.ts",
      ["max_tokens=512", "image_input: retryable false", "daily_quota: resets at", "the fallback: Hello"],
    ],
    [
      "budget-middleware.ts",
      ['third: gpt-4 said "Hello there!', 'fourth: gpt-4o-mini in place of gpt-4 (expected_cost) said "Hello there!'],
    ],
    ["openai-sdk.ts", ["Hello there!", "2 vectors of 1536", "400 free_tier_image_input"]],
    [
      "agent-with-tools.ts",
      ['calls get_weather({"city":"Lisbon"})', "answers: It is 18 degrees and sunny in Lisbon", "37 times 91 is 3367."],
    ],
    [
      "structured-output.ts",
      [
        "Grace Hopper complains about 6 x chair, urgency high",
        "{ name: 'Reykjavik', country: 'Iceland', inhabitants: 140000 }",
        "customer: 'Alan Turing'",
        "cut by the tier: false",
      ],
    ],
    [
      "langgraph.ts",
      [
        "{ sort: { department: 'books' } }",
        "costs 20 cents a day.",
        "{ sort: { department: 'rooms' } }",
        "six people.",
      ],
    ],
    [
      "images.ts",
      ["lighthouse.png, 512x512", "cost 512 API tokens; 49488 left", "animal.png", "Drew 1 picture", "balloons.png"],
    ],
  ])("%s prints what it is meant to show, and nothing to stderr", async (file, expected) => {
    const { stdout, stderr, code } = await runExample(file);
    for (const text of expected) expect(stdout).toContain(text);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const paths = stdout.match(/^\/.+\.png/gm) ?? [];
    expect(paths).toHaveLength(file === "images.ts" ? 3 : 0);
    for (const path of paths) expect(await beginningOf(path)).toBe("PNG");
  });
});

describe.runIf(runsTypeScript)("the demo", () => {
  it("answers from the project's own documentation, meets each limit, and is refused nothing", async () => {
    const { stdout, stderr, code } = await runExample("demo/main.ts");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("kept between runs in an SQLite file");
    expect(stdout).toContain("max_tokens=512");
    expect(stdout).toContain("fatal (image_input)");
    expect(stdout).toContain("five calls at once");
    expect(stdout).toContain("fatal (daily_quota)");
    expect(stdout).toMatch(/Refused upstream\s+0\n/);
    // Its first line says who answers, and no line that something was paid for.
    expect(stdout).toMatch(/^No model answers: this is a sandbox\.\n/);
    expect(stdout).toMatch(/The sandbox's own: .*\n\s+Calls answered\s+\d+\n\s+API tokens counted\s+[\d,]+\n/);
    expect(stdout).not.toMatch(/spent|will cost/);
    // Its agent searches the documents, and draws a picture that can be opened.
    expect(stdout).toContain("→ search_documents: What becomes of a tool call");
    expect(stdout).toMatch(/found passages in .*packages\/langchain\/README\.md/);
    expect(stdout).toContain("cut at the output limit is in `invalid_tool_calls`");
    const [, path = ""] = /drawn and saved as (.+\.png)/.exec(stdout) ?? [];
    expect(await beginningOf(path)).toBe("PNG");
  });

  it("ends with one line about a wrong setting, the sandbox closed", async () => {
    const { stderr, code } = await runExampleWith({ LAPLAS_TIER: "fre" }, "demo/main.ts");
    expect(stderr).toContain('Option "tier" (LAPLAS_TIER) is "fre"');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeTier, type ModelStatus, paidTier, playgroundTier } from "@laplas/core";
import { beforeAll, describe, expect, it, onTestFinished, test } from "vitest";
import { adjustmentText } from "./adjustment-text.js";
import { checkLines, requestOf } from "./check.js";
import { findingLines } from "./doctor.js";
import { examineClock } from "./doctor-upstream.js";
import { examineNode } from "./doctor-versions.js";
import { fetchPicture } from "./fetch-picture.js";
import { fileNames, slug } from "./image.js";
import { modelTable } from "./models.js";
import { checkPlaces, writePicture } from "./picture-file.js";
import { linesJob, planLines } from "./plan.js";
import { statusBody, statusLines } from "./status.js";
import { describeRule, tierBody, tierLines } from "./tier.js";

beforeAll(() => {
  delete process.env.FORCE_COLOR;
  process.env.NO_COLOR = "1";
});

const NOW = Date.UTC(2026, 10, 25, 18, 48);

describe("status", () => {
  const window = {
    rule: "daily_api_tokens",
    metric: "apiTokens",
    limit: 50_000,
    used: 12_500,
    held: 500,
    left: 37_000,
    resetsAt: new Date(NOW + 3_600_000),
  } as const;
  const calls = [
    { model: "gpt-4o", state: "running", since: new Date(NOW - 12_000) },
    { model: "gpt-4o-mini", state: "waiting", since: new Date(NOW - 3_000) },
  ] as const;
  const status = { tier: "free", ledger: "sqlite", windows: [window], running: 1, waiting: 3, calls };

  it("shows what is left, who runs, who waits and for how long", () => {
    const text = statusLines({ tier: freeTier }, status, NOW, 100).join("\n");
    expect(text).toContain("37,000 API tokens left of 50,000");
    expect(text).toMatch(/12,500 used, 500 held by running calls; all back in 1 h \(/);
    expect(text).toMatch(/Running {2}gpt-4o, for 12 s\n {2}Waiting {2}gpt-4o-mini, for 3 s\n +and 2 more/);
  });

  it("says what a broken-off call leaves behind, what the server said, and where nothing is counted", () => {
    const lines = (more: object): string =>
      statusLines({ tier: paidTier }, { ...status, windows: [], calls: [], ...more }, NOW, 80).join("\n");
    expect(lines({ waiting: 0 })).toMatch(
      /Nothing is counted[\s\S]*Running {2}1 call that was broken off[\s\S]*Waiting {2}none/,
    );
    expect(lines({ blockedUntil: new Date(NOW + 60_000) })).toMatch(
      /Spent, says the server[\s\S]*asked\s+again in 1 min/,
    );
  });

  it("fits into a narrow terminal", () => {
    const status45 = { ...status, blockedUntil: new Date(NOW + 60_000) };
    const lines = statusLines({ tier: playgroundTier }, status45, NOW, 45);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(45);
    expect(lines.join("\n")).toMatch(/^ {2}█+▓?░+\n {2}37,000 API tokens left of 50,000\n/m);
  });

  it("points to the models for what each has for itself", () => {
    expect(statusLines({ tier: playgroundTier }, status, NOW, 80).join("\n")).toContain(
      "daily_requests, for each model by itself",
    );
  });

  it("has the shape of /v1/quota, and the calls", () => {
    expect(statusBody(status)).toMatchObject({
      object: "quota",
      windows: [{ metric: "api_tokens", resets_at: "2026-11-25T19:48:00.000Z" }],
      blocked_until: null,
      calls: [{ model: "gpt-4o", state: "running", since: "2026-11-25T18:47:48.000Z" }, { state: "waiting" }],
    });
  });
});

describe("tier", () => {
  it("tells every rule of the built-in tiers in words, with its evidence", () => {
    const text = tierLines(playgroundTier, 100).join("\n");
    for (const { id, evidence } of playgroundTier.rules) {
      expect(text).toContain(`  ${id}\n`);
      expect(text).toContain(`${evidence.status}, ${evidence.date}.`);
    }
    expect(text).toMatch(/10 requests for each regular model a day, which begins at 0:00 UTC\./);
    expect(
      Math.max(
        ...text
          .split("\n")
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
    expect(tierLines(paidTier, 100)).toEqual(["laplas paid plan (paid): no rules, nothing is limited."]);
  });

  it("tells other windows too", () => {
    const evidence = { source: "here", date: "2026-01-01", status: "assumed" } as const;
    const rule = {
      id: "w",
      kind: "window",
      metric: "apiTokens",
      limit: 5,
      per: "tier",
      surface: "both",
      marginMs: 0,
      evidence,
    } as const;
    expect(describeRule({ ...rule, period: { type: "rolling", spanMs: 7_200_000 }, class: "pro" })).toBe(
      "5 API tokens for all pro models in any 2 h; API and Playground count together.",
    );
    expect(describeRule({ ...rule, period: { type: "hour" }, surface: "api" })).toBe(
      "5 API tokens an hour of the clock.",
    );
  });

  it("is snake_case as JSON", () => {
    const text = JSON.stringify(tierBody(freeTier));
    expect(JSON.parse(text)).toMatchObject({ object: "tier", name: "free", pro_models: [] });
    expect(text).toContain('"metric":"api_tokens"');
    expect(text).toContain('"on_excess":"adjust"');
    expect(text).not.toMatch(/"[a-z_]+[A-Z]\w*":/);
  });
});

describe("check", () => {
  it("asks what the flags say, of the kind they say", () => {
    expect(requestOf(undefined, { maxTokens: 9 })).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 9,
    });
    expect(requestOf(undefined, { kind: "image", prompt: "a cat", size: "9x9", count: 2, model: "m" })).toEqual({
      model: "m",
      prompt: "a cat",
      size: "9x9",
      n: 2,
    });
    expect(requestOf(undefined, { kind: "embedding", prompt: "a" })).toEqual({
      model: "text-embedding-3-small",
      input: "a",
    });
  });

  it("changes of a file only what the flags say", () => {
    expect(requestOf({ model: "a", messages: [], max_tokens: 5 }, { model: "b", prompt: "x" })).toEqual({
      model: "b",
      messages: [],
      max_tokens: 5,
    });
  });

  test.each([
    [{ verdict: "wait", adjusted: [], position: 2 }, /Would have to wait[\s\S]*Before it {2}2 calls/],
    [
      { verdict: "pass", adjusted: [], cost: { expected: 16, worst: 648 } },
      /at once[\s\S]*about 16 API tokens, at most 648/,
    ],
    [
      {
        verdict: "refuse",
        adjusted: [],
        error: { code: "daily_quota", message: "spent", retryable: false, resetsAt: new Date(NOW + 60_000) },
      },
      /Passes {2}in 1 min/,
    ],
    [
      { verdict: "refuse", adjusted: [], error: { code: "busy", message: "b", retryable: true, retryAfterMs: 2_000 } },
      /Passes {2}in 2 s/,
    ],
    [
      { verdict: "refuse", adjusted: [], error: { code: "image_input", message: "b", retryable: false } },
      /never, on this tier/,
    ],
    [
      { verdict: "refuse", adjusted: [], error: { code: "model_not_on_tier", message: "b", retryable: false } },
      /with another model/,
    ],
    [
      { verdict: "refuse", adjusted: [], error: { code: "invalid_request", message: "b", retryable: false } },
      /once it is put right/,
    ],
  ] as const)("%o", (result, text) => expect(checkLines(result, NOW, 80).join("\n")).toMatch(text));

  it("tells what is changed in words, and lets no model name at the terminal", () => {
    expect(adjustmentText({ field: "n", to: "n=3_requests", rule: "image_count" })).toBe(
      "3 calls, one after another (image_count)",
    );
    expect(adjustmentText({ field: "role", to: "role=system", rule: "dialect" })).toBe("role=system");
    const error = {
      code: "model_not_on_tier",
      message: "no \u001b[31mmodel\u001b]0;x\u0007",
      retryable: false,
    } as const;
    const lines = checkLines({ verdict: "refuse", model: "a\u001b[2Jb", adjusted: [], error }, NOW, 80);
    expect(lines.join("")).not.toMatch(/\p{Cc}/u);
  });
});

describe("plan", () => {
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
      apiTokens: { expected: 9, worst: 9 },
      fitsToday: false,
      days: 2,
      boundBy: "daily_api_tokens",
      refused,
      fitting: [{ model: "cheap", apiTokens: 1 }],
    };
    const text = planLines(
      plan,
      refused.map(({ index }) => `line ${index}`),
      80,
    ).join("\n");
    expect(text).toMatch(
      /Takes 2 days[\s\S]*3, which become 5 requests[\s\S]*line 9: no\n.*and 2 more[\s\S]*cheap {2}1 API token$/,
    );
  });
});

it("models: what costs nothing has no limit, a fraction is not nothing", () => {
  const model = (more: Partial<ModelStatus>): ModelStatus =>
    ({ id: "m", modality: "chat", vendor: "V", ...more }) as ModelStatus;
  const [, ...rows] = modelTable(
    [
      model({ costPerCall: 0, callsLeft: Number.POSITIVE_INFINITY }),
      model({ costPerCall: 0.25, callsLeft: 0 }),
      model({}),
    ],
    Number.POSITIVE_INFINITY,
  );
  expect(rows.map((row) => row.replace(/\s+/g, " "))).toEqual([
    "m chat no limit 0 V",
    "m chat 0 0.3 V",
    "m chat not known V",
  ]);
  const narrow = modelTable([model({ id: "a-long-name-of-a-model", costPerCall: 1, callsLeft: 9 })], 46);
  expect(narrow).toEqual([
    "MODEL                   CALLS LEFT  PER CALL",
    "a-long-name-of-a-model           9         1",
  ]);
});

describe("doctor", () => {
  test.each([
    ["22.13.0", "ok"],
    ["24.0.0", "ok"],
    ["22.12.9", "fault"],
    ["9.99.0", "fault"],
  ])("Node %s: %s", (version, state) => expect(examineNode(version, ">=22.13").state).toBe(state));

  const server = new Date(NOW).toUTCString();
  test.each([
    [NOW + 500, "ok", /agrees/],
    [NOW + 3_400, "ok", /agrees/],
    [NOW + 5_500, "warning", /5 s ahead of .*too early/],
    [NOW - 5_000, "warning", /5 s behind .*too late/],
    [NOW + 3_600_500, "fault", /1 h ahead/],
  ])("clock at %i: %s", (now, state, message) => {
    expect(examineClock(server, now, freeTier)).toMatchObject([
      { name: "clock", state, message: expect.stringMatching(message) },
    ]);
  });

  it("does without the server's time", () =>
    expect(examineClock(null, NOW, freeTier)).toMatchObject([{ state: "warning" }]));

  it("puts the remedy under the finding", () => {
    expect(findingLines({ name: "key", state: "fault", message: "there is none", remedy: "Set it." }, 80)).toEqual([
      "FAULT    key            there is none",
      "                        Set it.",
    ]);
    expect(findingLines({ name: "key", state: "fault", message: "there is none", remedy: "Set it." }, 45)).toEqual([
      "FAULT key",
      "  there is none",
      "  Set it.",
    ]);
  });
});

describe("image", () => {
  it("numbers the files of several", () => {
    expect(fileNames("a/boat.png", 1)).toEqual(["a/boat.png"]);
    expect(fileNames("a/boat.png", 2)).toEqual(["a/boat-1.png", "a/boat-2.png"]);
    expect(fileNames("boat", 2)).toEqual(["boat-1", "boat-2"]);
  });

  test.each([
    ["A lighthouse, at dusk; by the wild sea!", "a-lighthouse-at-dusk-by-the"],
    ["Über ../../etc", "u-ber-etc"],
    ["猫", "picture"],
  ])("%s is called %s", (prompt, name) => expect(slug(prompt)).toBe(name));

  it("knows pictures by their bytes, and fetches nothing but the web", async () => {
    const { signal } = new AbortController();
    const jpeg = Buffer.from("\xff\xd8\xff\xe0", "latin1").toString("base64");
    expect((await fetchPicture({ b64_json: jpeg }, signal)).type).toBe("image/jpeg");
    expect((await fetchPicture({ url: "data:image/png;base64,iVBORw0KGgo=" }, signal)).type).toBe("image/png");
    await expect(fetchPicture({ url: "file:///etc/passwd" }, signal)).rejects.toThrow(/neither a picture/);
    await expect(fetchPicture({ url: "http://127.0.0.1:1/a.png" }, signal)).rejects.toThrow(/lies at http:\/\/127/);
  });
});

describe("the file of a picture", () => {
  const png = { bytes: Buffer.from("\x89PNG", "latin1"), type: "image/png" } as const;
  const jpeg = { bytes: Buffer.from("\xff\xd8\xff", "latin1"), type: "image/jpeg" } as const;
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), "laplas-picture-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };

  it("is called by what it is, but never takes a name that was not looked at", async () => {
    const place = folder();
    const path = join(place, "boat.png");
    expect(await writePicture(path, jpeg, false)).toBe(join(place, "boat.jpg"));
    expect(await writePicture(path, jpeg, true)).toBe(join(place, "boat-2.jpg"));
    expect(await writePicture(path, png, false)).toBe(path);
    // Somebody else's that came meanwhile.
    expect(await writePicture(path, png, false)).toBe(join(place, "boat-2.png"));
    expect(await writePicture(path, png, true)).toBe(path);
    expect(await writePicture(join(place, "boat"), png, false)).toBe(join(place, "boat"));
    expect(await writePicture(join(place, "boat.v2"), jpeg, false)).toBe(join(place, "boat.v2"));
  });

  it("is looked for before anything is spent", async () => {
    const place = folder();
    writeFileSync(join(place, "a.png"), "");
    await expect(checkPlaces([join(place, "b.png"), join(place, "a.png")], false)).rejects.toThrow(
      /a\.png is there already/,
    );
    await checkPlaces([join(place, "a.png")], true);
    await expect(checkPlaces([place], true)).rejects.toThrow(/it is a folder/);
    await expect(checkPlaces([join(place, "no", "a.png")], true)).rejects.toThrow(
      /ENOENT, there is no such file or folder/,
    );
  });

  it("says where it could not be written", async () => {
    await expect(writePicture("/dev/full", png, true)).rejects.toMatchObject({ code: "ENOSPC", path: "/dev/full" });
  });
});

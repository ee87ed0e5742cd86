import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";

it("serves, tells of each request, and how many there were", async () => {
  const shell = await openShell();
  const run = shell.start(["sandbox", "--port", "0", "--budget", "10", "--json"]);
  const [, baseURL = ""] = await run.until("stdout", /"base_url":"(\S+?)".*\n/);
  const environment = { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: "memory" };
  expect((await shell.run(["chat", "Hello"], { environment })).code).toBe(0);
  expect((await shell.run(["chat", "Hello"], { environment })).code).toBe(3);
  await run.until("stdout", /"outcome":"refused".*\n/);
  run.signal("SIGINT");
  expect(await run.ended).toBe(0);
  const lines = run
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { object: "sandbox", daily_api_tokens: 10 },
    { object: "sandbox.request", model: "gpt-4o-mini", status: 201, outcome: "answered", api_tokens: 16 },
    { object: "sandbox.request", status: 403, outcome: "refused" },
    { object: "sandbox.counts", received: 2, answered: 1, refused: 1, api_tokens: 16 },
  ]);
});

it("says in a terminal how to reach it, and shows a request in a line", async () => {
  const shell = await openShell();
  const run = shell.start(["sandbox", "--port", "0"], { columns: 100, environment: { NO_COLOR: "1" } });
  const [, baseURL = ""] = await run.until(
    "stderr",
    /export LAPLAS_BASE_URL=(http:\/\/127\.0\.0\.1:\d+\/v1) LAPLAS_API_KEY=any\n[\s\S]*Ctrl-C/,
  );
  await shell.run(["chat", "Hello"], { environment: { LAPLAS_BASE_URL: baseURL } });
  await run.until("stdout", /^\d\d:\d\d:\d\d POST \/v1\/chat\/completions gpt-4o-mini 201 answered 16 API tokens\n/);
  run.signal("SIGTERM");
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toMatch(/\n1 request: 1 answered, 0 refused\. 16 API tokens charged\.\n$/);
});

it("stands in for another provider, and counts in its tokens", async () => {
  const shell = await openShell();
  const run = shell.start(["sandbox", "--port", "0", "--preset", "gemini", "--json"]);
  const [, baseURL = ""] = await run.until("stdout", /"base_url":"(\S+?)".*\n/);
  expect(baseURL).toMatch(/\/v1beta\/openai$/);
  const ask = () =>
    fetch(`${baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({ model: "gemini-2.5-pro", messages: [{ role: "user", content: "Hello" }] }),
    });
  expect((await ask()).status).toBe(429);
  await run.until("stdout", /"outcome":"probe".*\n/);
  run.signal("SIGINT");
  expect(await run.ended).toBe(0);
  const lines = run
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { object: "sandbox", preset: "gemini", models: expect.arrayContaining(["gemini-2.5-pro"]) },
    { object: "sandbox.request", model: "gemini-2.5-pro", status: 429, tokens: 0 },
    { object: "sandbox.counts", received: 1, answered: 0, refused: 0, probe: 1 },
  ]);
  expect(lines.at(-1)).not.toHaveProperty("api_tokens");
});

it("says in a terminal which provider it stands in for, and a request's tokens", async () => {
  const shell = await openShell();
  const run = shell.start(["sandbox", "--port", "0", "--preset", "groq"], {
    columns: 100,
    environment: { NO_COLOR: "1" },
  });
  const [, baseURL = ""] = await run.until(
    "stderr",
    /Base URL +(http\S+\/openai\/v1)\n[\s\S]*Preset +groq\n[\s\S]*Ctrl-C/,
  );
  await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer any" },
    body: JSON.stringify({ model: "openai/gpt-oss-20b", messages: [{ role: "user", content: "Hello" }] }),
  });
  await run.until("stdout", /^\S+ POST \/openai\/v1\/chat\/completions openai\/gpt-oss-20b 200 answered \d+ tokens\n/);
  run.signal("SIGTERM");
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toMatch(/\n1 request: 1 answered, 0 refused\.\n$/);
});

it("takes no rules of the free tier beside a preset, and no preset that does not exist", async () => {
  const shell = await openShell();
  const both = await shell.run(["sandbox", "--preset", "groq", "--budget", "10"]);
  expect(both.code).not.toBe(0);
  expect(both.stderr).toMatch(/--preset/);
  const unknown = await shell.run(["sandbox", "--preset", "nobody"]);
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toMatch(/groq, gemini, openrouter, mistral, cloudflare/);
});

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

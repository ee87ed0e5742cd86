import { expect, it } from "vitest";
import { type PoolConfig, startPresets } from "../../../gateway/src/testing/pool-config.js";
import { openShell, type Shell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";

const DATE = /^\d{4}-\d\d-\d\d$/;

async function openPool(): Promise<{ readonly shell: Shell } & PoolConfig> {
  const pool = await startPresets({ groq: {}, openrouter: {} });
  const shell = await openShell();
  shell.write(
    "laplas.config.json",
    JSON.stringify({ providers: pool.entries, routes: { fast: ["groq/openai/gpt-oss-120b"] } }),
  );
  return { shell, ...pool };
}

it("tells of each provider what is left, of what, until when and how sure; of the first as of one alone", async () => {
  const { shell, environment } = await openPool();
  await shell.run(["chat", "-m", "groq/openai/gpt-oss-120b", "Hello"], { environment });
  // The list of models, by whose names their use is found, is written beside the answer.
  await expect
    .poll(() => shell.json(["status"], { environment }))
    .toMatchObject({
      object: "quota",
      tier: "free",
      windows: [],
      per_model: expect.arrayContaining(["requests_a_day"]),
      calls: [],
      providers: [
        {
          provider: "groq",
          title: "Groq",
          models: [
            {
              model: "openai/gpt-oss-120b",
              off: false,
              blocked_until: null,
              windows: expect.arrayContaining([
                expect.objectContaining({
                  rule: "requests_a_day",
                  limit: 1_000,
                  left: expect.closeTo(999, 0),
                  evidence: { status: "published", date: expect.stringMatching(DATE), stale: expect.any(Boolean) },
                }),
              ]),
            },
          ],
        },
        {
          provider: "openrouter",
          models: [],
          windows: expect.arrayContaining([expect.objectContaining({ rule: "requests_a_day", left: 50, limit: 50 })]),
        },
      ],
    });
  const { code, stdout } = await shell.run(["status"], { environment });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Groq's free plan \(groq, tier free\)[\s\S]*openai\/gpt-oss-120b\n +[\s\S]*999 of 1,000 requests left \(requests_a_day\); all back in 1 min /,
  );
  expect(stdout).toMatch(/OpenRouter[\s\S]*50 requests left of 50\n +requests_a_day: 0 used; published\s+[\d-]{10}/);
  expect(stdout).toContain("Names    auto, auto:tools, fast, or provider/model");
});

it("ends with 3 only once nothing is left anywhere, and says which provider is closed", async () => {
  const { presets, shell, environment } = await openPool();
  const ask = (model: string) => shell.run(["chat", "-m", model, "Hello"], { environment });
  presets.openrouter?.fault({ kind: "paymentRequired" });
  await ask("openrouter/openai/gpt-oss-120b:free");
  const one = await shell.run(["status"], { environment });
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/OpenRouter[\s\S]*Closed: the provider requires payment/);
  expect(await shell.json(["status"], { environment })).toMatchObject({
    payment_required: false,
    providers: [{ payment_required: false }, { payment_required: true }],
  });
  presets.groq?.fault({ kind: "paymentRequired" });
  await ask("groq/openai/gpt-oss-120b");
  expect((await shell.run(["status"], { environment })).code).toBe(3);
});

it("watches all of them, and fits into a narrow terminal", async () => {
  const { shell, environment } = await openPool();
  await shell.run(["chat", "-m", "fast", "Hello"], { environment });
  const { stdout } = await shell.run(["status"], { environment, columns: 50 });
  expect(
    Math.max(
      ...plain(stdout.split("\n"))
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(50);
  const watching = shell.start(["status", "--watch", "--json"], { environment });
  await watching.until("stdout", /"providers":\[\{"provider":"groq".*"calls":\[\]/);
  watching.signal("SIGINT");
  await watching.ended;
});

import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { type PoolConfig, PRESET_KEY, startPresets } from "../../../gateway/src/testing/pool-config.js";
import { listening } from "../testing/listening.js";
import { openShell, type Shell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";

async function openPool(more: object = {}): Promise<{ readonly shell: Shell } & PoolConfig> {
  const pool = await startPresets({ groq: { apiKeys: [PRESET_KEY] }, cloudflare: { apiKeys: [PRESET_KEY] } });
  const shell = await openShell();
  const routes = { fast: ["cloudflare/@cf/openai/gpt-oss-120b", "groq/openai/gpt-oss-20b"] };
  shell.write("laplas.config.json", JSON.stringify({ providers: pool.entries, routes, ...more }));
  return { shell, ...pool };
}

describe("laplas serve with several providers", () => {
  it("names each model of a route that no provider has", async () => {
    const { shell, environment } = await openPool({ port: 0, routes: { fast: ["groq/openai/gpt-oss-20b", "grok/x"] } });
    const run = shell.start(["serve"], { environment });
    await run.until(
      "stderr",
      /^laplas: Route fast: No provider .*"grok\/x".* It is passed over; see laplas doctor\.$/m,
    );
    expect(run.stderr().match(/Route/g)).toHaveLength(1);
  });

  it("says whom it asks and what is left, and that auto works; and serves routes and every model by its name", async () => {
    const { shell, environment } = await openPool({ models: { "claude-*": "auto:tools" }, port: 0 });
    const run = shell.start(["serve"], { environment });
    const [, baseURL = ""] = await run.until("stderr", /Base URL +(\S+)\n/);
    await run.until("stderr", /Asks +groq, Groq's free plan: counts each model by itself\n/);
    await run.until("stderr", /Asks +cloudflare, .*: [\d,]+ of 10,000 neurons left \(neurons_a_day\), .*\n/);
    await run.until("stderr", /Models +"auto", "auto:tools", "fast", or provider\/model: GET \/v1\/models\n/);
    await run.until("stdout", /"providers":\["groq","cloudflare"\]/);

    const { data } = (await (await fetch(`${baseURL}/models`)).json()) as { data: { id: string; provider?: string }[] };
    const ids = data.map(({ id }) => id);
    expect(ids.slice(0, 3).sort()).toEqual(["auto", "auto:tools", "fast"]);
    expect(ids).toContain("groq/openai/gpt-oss-120b");
    expect(data.find(({ id }) => id === "cloudflare/@cf/openai/gpt-oss-120b")?.provider).toBe("cloudflare");

    const ask = async (model: string): Promise<string | null> => {
      const body = JSON.stringify({ model, messages: [{ role: "user", content: `Hello ${model}` }] });
      const response = await fetch(`${baseURL}/chat/completions`, { method: "POST", body });
      expect(response.status).toBe(200);
      return response.headers.get("x-laplas-provider");
    };
    expect(await ask("fast")).toBe("cloudflare");
    expect(await ask("auto")).toBe("groq");
    expect(await ask("claude-sonnet-4-5")).toBe("groq");

    const quota = await (await fetch(`${baseURL}/quota`)).json();
    expect(quota).toMatchObject({
      tier: "free",
      windows: [],
      providers: [
        { provider: "groq", models: [{ model: expect.any(String) }] },
        { provider: "cloudflare", windows: [{ rule: "neurons_a_day" }, { rule: "requests_a_minute", left: 299 }] },
      ],
    });
    const left = (await (await fetch(`${baseURL}/calls-left`)).json()) as { data: object[] };
    expect(left.data).toContainEqual(
      expect.objectContaining({ id: "cloudflare/@cf/openai/gpt-oss-120b", provider: "cloudflare", unit: "neurons" }),
    );
    expect(run.screen()).not.toContain(PRESET_KEY);
    run.signal("SIGINT");
    expect(await run.ended).toBe(0);
  });
});

it("serve's playground has the rules of laplas's own, on the account of all of them", async () => {
  const { entries, environment } = await startPresets({ groq: {} });
  const shell = await openShell();
  shell.write("laplas.config.json", JSON.stringify({ port: 0, providers: [...entries, { provider: "laplas" }] }));
  const run = shell.start(["serve"], { environment });
  const [, url = ""] = await run.until("stderr", /Page +(\S+)\/, with a playground\n/);
  const tiersAt = async (path: string): Promise<unknown[]> => {
    const { providers } = (await (await fetch(url + path)).json()) as {
      providers: { tier: string; running: number }[];
    };
    return providers.map(({ tier }) => tier);
  };
  expect(await tiersAt("/v1/quota")).toEqual(["free", "free"]);
  expect(await tiersAt("/playground/v1/quota")).toEqual(["free", "playground"]);
  const body = JSON.stringify({ model: "laplas/gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  expect((await fetch(`${url}/playground/v1/chat/completions`, { method: "POST", body })).status).toBe(200);
  const quota = (await (await fetch(`${url}/v1/quota`)).json()) as { providers: { windows: { used: number }[] }[] };
  expect(quota.providers[1]?.windows[0]?.used).toBe(shell.sandbox.used());
  run.signal("SIGINT");
  expect(await run.ended).toBe(0);
});

describe("laplas doctor with several providers", () => {
  it("has a line for each: reachable, key accepted; and for what is left", async () => {
    const { shell, environment } = await openPool();
    const { code, stdout } = await shell.run(["doctor"], { environment });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok +groq +http:\/\/127\.0\.0\.1:\d+\/openai\/v1 answers, in \d+ ms, with \d+ models/);
    expect(stdout).toMatch(/ok +cloudflare +http:\/\/127/);
    expect(stdout).toMatch(/ok +tier +groq: free; \d of its \d rules are in doubt, see laplas tier\s+--doubt/);
    expect(stdout).toMatch(/ok +budget +cloudflare: 10,000 of 10,000 neurons left/);
    expect(stdout).not.toContain("LAPLAS_API_KEY");
    expect(shell.sandbox.counts().received).toBe(0);
  });

  it("names the key that is not accepted or not there, and the provider that is gone, while the others are fine", async () => {
    const { presets, shell, environment } = await openPool();
    const wrong = await shell.run(["doctor"], { environment: { ...environment, GROQ_API_KEY: "wrong" } });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/FAULT +groq +\S+ does not accept the key \(401\)\n +Look at GROQ_API_KEY/);
    const none = await shell.run(["doctor"], { environment: { ...environment, GROQ_API_KEY: "" } });
    expect(none.stdout).toMatch(/FAULT +groq +There is no key of Groq/);
    expect(none.stdout).toMatch(/ok +cloudflare/);
    await presets.groq?.kill();
    const gone = await shell.run(["doctor"], { environment });
    expect(gone.code).toBe(3);
    // Here all runs are in one process, which may have kept a connection: then it is that which has gone.
    expect(gone.stdout).toMatch(/FAULT +groq +\S+ can't be reached \((?:ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)\)/);
    for (const { stdout } of [wrong, none, gone]) expect(stdout).not.toContain(PRESET_KEY);
  });

  it("names each model of a route that no provider has, which calls pass over without a word", async () => {
    const none = {
      fast: ["groq/openai/gpt-oss-20b", "grok/openai/gpt-oss-20b"],
      gone: ["groq/none"],
      own: { models: ["auto-x"] },
    };
    const { shell, environment } = await openPool({ routes: none });
    const { code, stdout } = await shell.run(["doctor"], { environment, columns: 300 });
    expect(code).toBe(1);
    expect(plain([stdout]).match(/^\w+ +route .*$/gm)).toEqual([
      expect.stringMatching(/^warning +route +fast: No provider .*"grok\/openai\/gpt-oss-20b"\. Did you mean/),
      expect.stringMatching(/^FAULT +route +gone: Groq's free plan: there is no model "none"/),
      expect.stringMatching(/^FAULT +route +own: No provider .*"auto-x"/),
    ]);
  });

  it("sends a key to no other address, even if its provider says so", async () => {
    const { shell, environment } = await openPool();
    const elsewhere = { location: `${shell.sandbox.baseURL}/models` };
    const baseURL = await listening(createServer((_, response) => void response.writeHead(302, elsewhere).end()));
    const providers = [{ provider: "groq", keyVariable: "GROQ_API_KEY", baseURL }];
    shell.write("laplas.config.json", JSON.stringify({ providers }));
    const { stdout } = await shell.run(["doctor"], { environment });
    expect(stdout).toMatch(/warning +groq +\S+ answers, but not with a list of models \(302\)/);
    expect(shell.sandbox.counts().received).toBe(0);
  });
});

describe("of several providers", () => {
  it("models are listed by provider, found by any part of their names, and their costs told in their own unit", async () => {
    const { shell, environment } = await openPool();
    const { stdout } = await shell.run(["models"], { environment });
    expect(stdout).toMatch(/^groq\/openai\/gpt-oss-120b +chat/m);
    const one = await shell.run(["models", "cloudflare/@cf/openai/gpt-oss-120b"], { environment });
    expect(one.stdout).toMatch(/^cloudflare\/@cf\/openai\/gpt-oss-120b\n[\s\S]*Per call +about 1 neuron, at most \d+/);
    expect(await shell.json(["models", "groq/qwen"], { environment })).toMatchObject({
      data: [{ provider: "groq" }, {}],
    });
  });

  it("a check says who would be asked, in that provider's unit, and a plan counts in it", async () => {
    const { shell, environment } = await openPool();
    const check = (model: string) => shell.json(["check", "-m", model], { environment });
    expect(await check("fast")).toMatchObject({ verdict: "pass", provider: "cloudflare", cost: { unit: "neurons" } });
    expect(await check("auto")).toMatchObject({ verdict: "pass", provider: "groq", cost: { unit: "tokens" } });
    const request = (model: string) => ({ model, messages: [{ role: "user", content: "Hello" }] });
    shell.write("calls.jsonl", JSON.stringify(request("fast")));
    expect(await shell.json(["plan", "calls.jsonl"], { environment })).toMatchObject({
      credits: { expected: expect.any(Number) },
      fits_today: true,
    });
  });

  it("a chat without a model asks whichever can answer, and goes on where one is used up", async () => {
    const { presets, shell, environment } = await openPool();
    const first = await shell.run(["chat", "Hello"], { environment, columns: 100 });
    expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/Groq · \d+ tokens/)]);
    presets.groq?.fault({ kind: "paymentRequired" }, { times: 20 } as never);
    const other = (await shell.json(["chat", "Hello"], { environment })) as { report: { provider: string } };
    expect(other.report.provider).toBe("cloudflare");
  });

  it("rules are those of all of them, and doubts too", async () => {
    const { shell, environment } = await openPool();
    // No key is needed to read rules.
    const { stdout } = await shell.run(["tier"]);
    expect(stdout).toMatch(/Groq's free plan \(free\)[\s\S]*Workers AI on Workers Free \(free\)/);
    const doubts = await shell.run(["tier", "--doubt"]);
    expect(doubts.stderr).toMatch(/What servers have said of their limits is not known\. There is no key of Groq/);
    expect(doubts.stdout).toMatch(/Groq's free plan \(groq\): \d of \d rules in doubt/);
    expect(doubts.stdout).toMatch(
      /compound_requests_a_day\n +250 requests per model[\s\S]*Observed: the provider publishes no such number\.\n +Source: cheahjs/,
    );
    expect((await shell.run(["tier", "--doubt"], { environment })).stderr).toBe("");
    expect(await shell.json(["tier", "--doubt"], { environment })).toMatchObject({
      object: "doubts",
      data: expect.arrayContaining([
        expect.objectContaining({ provider: "groq", rule: "compound_requests_a_day", why: "observed", said: null }),
      ]),
    });
  });

  it("a limit that the server contradicts is in doubt once it has said so", async () => {
    const pool = await startPresets({ groq: { limits: { "*": { requests_day: 500 } } } });
    const shell = await openShell();
    shell.write("laplas.config.json", JSON.stringify({ providers: pool.entries }));
    await shell.run(["chat", "-m", "groq/openai/gpt-oss-120b", "Hello"], pool);
    const { stdout } = await shell.run(["tier", "--doubt"], pool);
    expect(stdout).toMatch(
      /requests_a_day\n[\s\S]*Contradicted: the server says 500, and its word counts more than the source/,
    );
  });

  it("LiteLLM's configuration has routes and models by their names", async () => {
    const { shell, environment } = await openPool();
    const { code, stdout } = await shell.run(["litellm-config"], { environment });
    expect(code).toBe(0);
    for (const name of ["auto", "auto:tools", "fast", "groq/openai/gpt-oss-120b", "cloudflare/@cf/openai/gpt-oss-120b"])
      expect(stdout).toContain(`- model_name: "laplas/${name}"\n    litellm_params:\n      model: "openai/${name}"`);
    const some = await shell.run(["litellm-config", "--models", "auto,groq/openai/gpt-oss-20b"], { environment });
    expect(some.stdout.match(/model_name: "laplas\/.*"/g)).toHaveLength(2);
  });
});

it("doubts are told of one's own documents and of laplas, where there are any", async () => {
  const shell = await openShell();
  expect((await shell.run(["tier", "--doubt"])).stdout).toBe("laplas free tier (laplas): nothing is in doubt.\n");
  const evidence = { source: "a page", date: "2020-01-01", status: "published", goodForDays: 30 };
  const rules = [{ id: "one", kind: "concurrency", limit: 1, evidence }];
  shell.write("own.json", JSON.stringify({ name: "own", title: "Own", rules }));
  expect((await shell.run(["tier", "--doubt", "./own.json"])).stdout).toMatch(
    /Own \(own\): 1 of 1 rules in doubt\n\n +one\n.*\n +Stale since 2020-02-01: last checked on 2020-01-01, check the source again\.\n +Source: a page/,
  );
});

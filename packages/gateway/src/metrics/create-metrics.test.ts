import { createEngine, createLaplas, type Laplas } from "@laplas/core";
import { gemini, groq } from "@laplas/providers";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGateway } from "../create-gateway.js";
import { chat, type OpenGateway, openGateway, post } from "../testing/open-gateway.js";
import { lintMetrics, parseMetrics } from "../testing/parse-metrics.js";
import { startPresets } from "../testing/pool-config.js";

const CHAT = "/v1/chat/completions";
const TOKEN = "a-token-of-the-notebook";

type Ask = OpenGateway["ask"];

/** What a scrape tells of a metric: the value of each series, by its labels in the order of their names. */
async function read(ask: Ask, init?: RequestInit) {
  const response = await ask("/metrics", init);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const families = parseMetrics(await response.text());
  expect(lintMetrics(families)).toEqual([]);
  const values = (name: string): Record<string, number> => {
    const family = [...families.values()].find(({ samples }) => samples.some((sample) => sample.name === name));
    const own = family?.samples.filter((sample) => sample.name === name) ?? [];
    return Object.fromEntries(
      own.map(({ labels, value }) => [
        Object.entries(labels)
          .toSorted()
          .map(([label, text]) => `${label}=${text}`)
          .join(" "),
        value,
      ]),
    );
  };
  return { families, values, series: [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0) };
}

async function streamed(response: Response): Promise<void> {
  await response.text();
}

const MINI = "model=gpt-4o-mini";
const ended = (outcome: string, code = "", model = MINI, endpoint = "chat"): string =>
  `code=${code} endpoint=${endpoint} ${model} outcome=${outcome} provider=laplas`;

describe("/metrics", () => {
  it("counts calls, whole and streamed, with what they have used", async () => {
    const { ask } = await openGateway();
    const answer = (await (await ask(CHAT, post(chat("Hello")))).json()) as {
      usage: { prompt_tokens: number; completion_tokens: number; api_tokens: number };
    };
    await streamed(await ask(CHAT, post(chat("Hello", { stream: true }))));
    await ask("/v1/embeddings", post({ model: "text-embedding-3-small", input: "sea" }));
    const { values } = await read(ask);
    const embedding = "model=text-embedding-3-small";
    expect(values("laplas_calls_total")).toEqual({
      [ended("answered")]: 2,
      [ended("answered", "", embedding, "embedding")]: 1,
    });
    expect(values("laplas_model_tokens_total")).toMatchObject({
      [`direction=input ${MINI} provider=laplas`]: 2 * answer.usage.prompt_tokens,
      [`direction=output ${MINI} provider=laplas`]: expect.any(Number),
    });
    expect(values("laplas_api_tokens_total")[`${MINI} provider=laplas`]).toBeGreaterThan(answer.usage.api_tokens);
    expect(values("laplas_upstream_requests_total")).toEqual({
      [`code= ${MINI} outcome=answered provider=laplas`]: 2,
      [`code= ${embedding} outcome=answered provider=laplas`]: 1,
    });
    expect(values("laplas_upstream_request_duration_seconds_count")[`${MINI} provider=laplas`]).toBe(2);
    expect(values("laplas_upstream_time_to_first_token_seconds_count")).toEqual({ [`${MINI} provider=laplas`]: 1 });
    expect(values("laplas_credits_total")).toEqual({});
  });

  it("tells the account: what each window allows and has left, when it resets, and who runs", async () => {
    const { ask, laplas } = await openGateway();
    await ask(CHAT, post(chat("Hello")));
    const [window] = (await laplas.status()).windows;
    const { values } = await read(ask);
    const labels = "metric=api_tokens model= provider=laplas window=daily_api_tokens";
    expect(values("laplas_window_limit")).toEqual({ [labels]: window?.limit });
    expect(values("laplas_window_left")).toEqual({ [labels]: window?.left });
    expect(values("laplas_window_reset_timestamp_seconds")).toEqual({
      [labels]: Number(window?.resetsAt) / 1_000,
    });
    expect(values("laplas_calls_running")).toEqual({ "provider=laplas": 0 });
    expect(values("laplas_ledger_up")).toEqual({ "": 1 });
    expect(values("laplas_payment_required")).toEqual({ "provider=laplas": 0 });
    expect(values("laplas_blocked_until_timestamp_seconds")).toEqual({});
  });

  it("asks no provider, and counts no call", async () => {
    const { ask, sandbox } = await openGateway();
    const before = sandbox.requests.length;
    await read(ask);
    await read(ask);
    expect(sandbox.requests.length).toBe(before);
    expect((await read(ask)).values("laplas_calls_total")).toEqual({});
  });

  it("counts what was refused before it was sent by its code, and no request for it", async () => {
    const { ask } = await openGateway();
    const image = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];
    await ask(CHAT, post({ model: "gpt-4o-mini", messages: [{ role: "user", content: image }] }));
    const { values } = await read(ask);
    expect(values("laplas_calls_total")).toEqual({ [ended("refused", "image_input")]: 1 });
    expect(values("laplas_upstream_requests_total")).toEqual({});
  });

  it("counts what the provider has refused, and tells until when it does", async () => {
    const { ask, sandbox } = await openGateway();
    sandbox.fault({ kind: "publishedError", status: 429 }, { times: 1 });
    expect((await ask(CHAT, post(chat("Hello")))).status).toBe(429);
    const { values } = await read(ask);
    const code = "hourly_quota";
    expect(values("laplas_calls_total")).toEqual({ [ended("failed", code)]: 1 });
    expect(values("laplas_upstream_requests_total")).toEqual({
      [`code=${code} ${MINI} outcome=refused provider=laplas`]: 1,
    });
    expect(values("laplas_blocked_until_timestamp_seconds")["model= provider=laplas"]).toBeGreaterThan(
      Date.now() / 1_000,
    );
    // How fast it refuses says nothing of how fast it answers.
    expect(values("laplas_upstream_request_duration_seconds_count")).toEqual({});
  });

  it("counts a call that waits while it does, and how long it has waited", async () => {
    const { ask, sandbox, laplas } = await openGateway();
    const gate = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: gate.promise }, { times: 1 });
    const calls = [ask(CHAT, post(chat("Hello"))), ask(CHAT, post(chat("Hello")))];
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    const during = await read(ask);
    expect(during.values("laplas_calls_running")).toEqual({ "provider=laplas": 1 });
    expect(during.values("laplas_calls_waiting")).toEqual({ "provider=laplas": 1 });
    gate.resolve();
    await Promise.all(calls);
    const { values } = await read(ask);
    expect(values("laplas_wait_seconds_count")).toEqual({ "provider=laplas": 2 });
    expect(values("laplas_wait_seconds_sum")["provider=laplas"]).toBeGreaterThan(0);
    expect(values("laplas_wait_seconds_bucket")["le=0 provider=laplas"]).toBe(1);
  });

  it("counts a call whose client has gone", async () => {
    const { ask, sandbox } = await openGateway();
    const running = Promise.withResolvers<void>();
    const controller = new AbortController();
    sandbox.fault(
      { kind: "silent" },
      {
        when() {
          running.resolve();
          return true;
        },
      },
    );
    const asked = ask(CHAT, { ...post(chat("Hello")), signal: controller.signal }).catch(() => undefined);
    await running.promise;
    controller.abort();
    await asked;
    const { values } = await read(ask);
    expect(values("laplas_calls_total")).toEqual({ [ended("aborted")]: 1 });
  });
});

describe("names", () => {
  it("that clients make up are one series together, however many and however hostile", async () => {
    const { ask } = await openGateway();
    const invent = async (model: string) => (await ask(CHAT, post(chat("Hello", { model })))).text();
    const hostile = ['a"b', "a\\b", "a\nb", "a{b=1} 7", "__proto__", "constructor", "# TYPE x counter", "é漢", "veo2"];
    for (const model of hostile) await invent(model);
    const before = await read(ask);
    for (let count = 0; count < 50; count += 1) await invent(`model-${count}`);
    const { values, series } = await read(ask);
    expect(series).toBe(before.series);
    expect(values("laplas_calls_total")).toEqual({
      [ended("refused", "model_not_on_tier", "model=other")]: 50 + hostile.length,
    });
  });

  it("that are sent although no catalog knows them are too", async () => {
    const { ask } = await openGateway({}, { unknownModels: "send" });
    for (const model of ["no-such-model", "nor-this-one"]) await ask(CHAT, post(chat("Hello", { model })));
    const { values } = await read(ask);
    expect(Object.keys(values("laplas_upstream_requests_total")).every((one) => one.includes("model=other "))).toBe(
      true,
    );
  });

  it("of one model are one: an alias and a label count as it", async () => {
    const { ask, laplas } = await openGateway();
    const [model] = (await laplas.models()).filter(
      ({ modality, aliases }) => modality === "chat" && aliases.length > 0,
    );
    for (const name of [model?.id, ...(model?.aliases ?? [])]) await ask(CHAT, post(chat("Hello", { model: name })));
    const { values } = await read(ask);
    expect(Object.keys(values("laplas_model_tokens_total"))).toEqual([
      `direction=input model=${model?.id} provider=laplas`,
      `direction=output model=${model?.id} provider=laplas`,
    ]);
  });

  it("of clients are those of the configuration, and a scrape needs a token then", async () => {
    const { ask } = await openGateway({ clients: [{ name: "notebook", token: TOKEN }] });
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask("/metrics")).status).toBe(401);
    expect((await ask("/metrics", { headers: { authorization: "Bearer of-somebody-else-altogether" } })).status).toBe(
      401,
    );
    await ask(CHAT, post(chat("Hello"), { ...headers, "user-agent": "made-up" }));
    const { values } = await read(ask, { headers });
    expect(values("laplas_client_calls_total")).toEqual({ "client=notebook outcome=answered": 1 });
  });

  it("of clients are in no series without clients", async () => {
    const { ask } = await openGateway();
    await ask(CHAT, post(chat("Hello"), { authorization: "Bearer whatever" }));
    expect((await read(ask)).values("laplas_client_calls_total")).toEqual({});
  });
});

describe("with several providers", () => {
  it("each has its own series, with the windows of its models", async () => {
    const { presets } = await startPresets({ groq: {}, gemini: {} });
    const engine = createEngine({
      ledger: "memory",
      environment: {},
      providers: [
        groq({ apiKey: "any", baseURL: presets.groq?.baseURL }),
        gemini({ apiKey: "any", baseURL: presets.gemini?.baseURL }),
      ],
    });
    const gateway = createGateway({ laplas: engine });
    onTestFinished(async () => {
      gateway.close();
      await engine.close();
    });
    const ask: Ask = (path, init) =>
      gateway.fetch(new Request(`http://127.0.0.1:4114${path}`, { ...init, headers: { host: "127.0.0.1:4114" } }));
    const models = { groq: "openai/gpt-oss-120b", gemini: "gemini-2.5-flash" };
    for (const [provider, model] of Object.entries(models))
      await ask(CHAT, post(chat("Hello", { model: `${provider}/${model}` })));
    await ask(CHAT, post(chat("Hello", { model: "groq/made-up" })));
    const { values } = await read(ask);
    const answered = (provider: string, model: string): string =>
      `code= endpoint=chat model=${model} outcome=answered provider=${provider}`;
    expect(values("laplas_calls_total")).toEqual({
      [answered("groq", models.groq)]: 1,
      [answered("gemini", models.gemini)]: 1,
      "code=model_not_on_tier endpoint=chat model=other outcome=refused provider=groq": 1,
    });
    expect(Object.keys(values("laplas_calls_waiting"))).toEqual(["provider=groq", "provider=gemini"]);
    const left = Object.keys(values("laplas_window_left"));
    expect(left.some((labels) => labels.includes(`model=${models.groq} provider=groq`))).toBe(true);
    expect(left.some((labels) => labels.includes(`model=${models.gemini} provider=gemini`))).toBe(true);
  });
});

describe("an account that can't be read", () => {
  it("is told as such, with the counts of calls and without those of the account", async () => {
    const sandbox = await createSandbox();
    const laplas = createLaplas({ apiKey: "k", baseURL: sandbox.baseURL, ledger: "sqlite:/proc/none/ledger.db" });
    const gateway = createGateway({ laplas });
    onTestFinished(async () => {
      gateway.close();
      await laplas.close();
      await sandbox.close();
    });
    const ask: Ask = (path, init) =>
      gateway.fetch(new Request(`http://127.0.0.1:4114${path}`, { ...init, headers: { host: "127.0.0.1:4114" } }));
    await ask(CHAT, post(chat("Hello")));
    const { values } = await read(ask);
    expect(values("laplas_ledger_up")).toEqual({ "": 0 });
    expect(values("laplas_window_left")).toEqual({});
    expect(values("laplas_calls_running")).toEqual({});
    expect(values("laplas_calls_total")).toEqual({ [ended("refused", "ledger")]: 1 });
  });
});

it("scrapes that come at once read the account once, and later ones anew", async () => {
  let reads = 0;
  const { laplas } = await openGateway();
  const counted: Laplas = {
    ...laplas,
    statuses(query) {
      reads += 1;
      return laplas.statuses(query);
    },
  };
  const { ask } = await openGateway({ laplas: counted });
  const texts = await Promise.all([1, 2, 3].map(async () => (await ask("/metrics")).text()));
  expect([new Set(texts).size, reads]).toEqual([1, 1]);
  await read(ask);
  expect(reads).toBe(2);
});

it("a gateway that is closed counts no more, and other methods are refused", async () => {
  const { ask, gateway, laplas } = await openGateway();
  expect((await ask("/metrics", { method: "POST" })).status).toBe(405);
  expect((await ask("/metrics", { method: "HEAD" })).status).toBe(200);
  gateway.close();
  await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  expect((await read(ask)).values("laplas_calls_total")).toEqual({});
});

import { createEngine } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { gemini, groq } from "@laplas/providers";
import { createSandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasRedis, startRedis } from "../../../packages/core/src/testing/redis.ts";
import { rounded, sandboxVectors } from "../../clients/open-gateway.ts";
import type { Python } from "../python.ts";
import { type Answer, type Asked, openWorker, type RouterOptions, type Worker } from "./open-worker.ts";
import { openWorld } from "./open-world.ts";
import { laplasModel, otherModel, sixteenADay, spend, thirtySeconds, type World } from "./worlds.ts";

const HELLO = [{ role: "user", content: "Hello" }];
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const LOOK = [
  {
    role: "user",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: PICTURE } },
    ],
  },
];
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Current weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const TEXTS = ["The ferry leaves at seven", "Bread is baked with flour"];
/** Patient, so that a slow machine doesn't look like a gateway that is away; and nothing is remembered between two calls. */
const CALLBACK = { timeout_seconds: 30, cache_seconds: 0 };
const FALLBACK = { fallbacks: [{ laplas: ["other"] }] };

/** What a Router and LiteLLM's own functions do with the gateway. */
export function testRouter(python: Python): void {
  let litellm: Worker;
  beforeAll(() => {
    litellm = openWorker(python);
  });
  afterAll(() => litellm.end());

  const chat = (more: object = {}) => ({
    method: "acompletion",
    arguments: { model: "laplas", messages: HELLO, ...more },
  });
  const openRouter = (world: World, options: Partial<RouterOptions> = {}): Promise<void> =>
    litellm.router("router", { models: [laplasModel(world), otherModel(world)], settings: FALLBACK, ...options });
  const ask = (question: Omit<Parameters<Worker["ask"]>[0], "router">): Promise<Asked> =>
    litellm.ask({ router: "router", ...question });
  const deployments = ({ answers }: Asked): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { deployment, error } of answers) {
      const name = error === undefined ? String(deployment) : `error ${error.status}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };

  describe("100 requests on a spent quota, with a fallback", () => {
    it.each([
      ["the callback", CALLBACK, 0],
      ["the callback as the proxy has it, with a memory of its own", { timeout_seconds: 30 }, 0],
      ["no callback", undefined, 1],
    ])("with %s: all answered by the fallback, nothing upstream", async (_, callback, refusals) => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      await openRouter(world, { callback });
      const asked = await ask({ ...chat(), times: 100 });
      expect(deployments(asked)).toEqual({ other: 100 });
      expect(world.other.counts()).toMatchObject({ received: 100, answered: 100 });
      expect(world.refusals()).toBe(refusals);
      expect(world.calls()).toBe(refusals);
      expect(world.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
      expect(asked.slept).toBeLessThan(1);
    });

    it("comes back by itself at the reset, and not a moment before", async () => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      await openRouter(world, { callback: CALLBACK });
      expect(deployments(await ask(chat()))).toEqual({ other: 1 });
      world.sandbox.clock.advance(20_000);
      expect(deployments(await ask(chat()))).toEqual({ other: 1 });
      world.sandbox.clock.advance(11_000);
      expect(deployments(await ask(chat()))).toEqual({ "laplas/gpt-4o-mini": 1 });
      expect(world.sandbox.counts()).toMatchObject({ received: 2, answered: 2, refused: 0 });
      expect(world.refusals()).toBe(0);
      expect(await litellm.cooled("router")).toEqual({});
    });

    it("without a callback it is cooled for as long as the gateway says", async () => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      await openRouter(world);
      await ask(chat());
      const { "laplas/gpt-4o-mini": seconds = 0 } = await litellm.cooled("router");
      expect(seconds).toBeGreaterThan(5);
      expect(seconds).toBeLessThanOrEqual(30);
    });

    it("at once from many callers, who share their questions", async () => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      await openRouter(world, { callback: { ...CALLBACK, cache_seconds: 30 } });
      const asked = await ask({ ...chat(), times: 100, parallel: 100 });
      expect(deployments(asked)).toEqual({ other: 100 });
      expect(world.refusals()).toBe(0);
      expect(world.checks()).toBe(1);
    });

    it.each([
      ["completion", HELLO, "chat", "gpt-4o-mini"],
      ["embedding", undefined, "embedding", "text-embedding-3-small"],
      ["image_generation", undefined, "image_generation", "flux/schnell"],
    ])("from synchronous code: %s", async (method, messages, mode, id) => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      const other = {
        ...otherModel(world),
        litellm_params: { ...laplasModel(world, id).litellm_params, api_base: world.other.baseURL },
      };
      await openRouter(world, { models: [laplasModel(world, id, { mode }), other], callback: CALLBACK });
      const input = { completion: { messages }, embedding: { input: TEXTS }, image_generation: { prompt: "A cat" } }[
        method
      ];
      const asked = await ask({ method, arguments: { model: "laplas", ...input }, times: 10 });
      expect(asked.answers.filter(({ error }) => error === undefined)).toHaveLength(10);
      expect(world.other.counts().answered).toBe(10);
      expect(world.refusals()).toBe(0);
      expect(asked.slept).toBeLessThan(1);
    });
  });

  it("without a fallback the caller learns when it heals, is not made to wait, and explain tells", async () => {
    const world = await openWorld(sixteenADay());
    await spend(world);
    await openRouter(world, { models: [laplasModel(world)], settings: {}, callback: CALLBACK });
    const asked = await ask({ ...chat(), times: 3 });
    for (const { error } of asked.answers) {
      expect(error).toMatchObject({
        status: 429,
        message: expect.stringMatching(/daily quota used up .*It will reset at/),
      });
      expect(error?.types).toContain("RateLimitError");
      expect(error?.explained).toMatchObject({
        retryable: false,
        code: "daily_quota",
        rule: "daily_api_tokens",
        status: 429,
      });
      expect(Date.parse(error?.explained.resets_at ?? "")).toBeGreaterThan(world.sandbox.clock.now());
      expect(error?.explained.retry_after).toBeGreaterThan(0);
    }
    expect(asked.slept).toBe(0);
    expect(world.calls()).toBe(0);
  });

  it("a sibling of another vendor in the same group serves, without any fallback", async () => {
    const world = await openWorld(thirtySeconds());
    await spend(world);
    await openRouter(world, {
      models: [laplasModel(world), otherModel(world, "laplas")],
      settings: {},
      callback: CALLBACK,
    });
    expect(deployments(await ask({ ...chat(), times: 20 }))).toEqual({ other: 20 });
    expect(world.calls()).toBe(0);
  });

  it("one question is about all deployments of a group", async () => {
    const world = await openWorld(thirtySeconds());
    await spend(world);
    const models = ["gpt-4o-mini", "gpt-4o", "claude-3-haiku-20240307"].map((id) => laplasModel(world, id));
    await openRouter(world, { models: [...models, otherModel(world)], callback: CALLBACK });
    expect(deployments(await ask(chat()))).toEqual({ other: 1 });
    expect(world.checks()).toBe(1);
  });

  it("a picture goes to the sibling that can see, with no failed call", async () => {
    const world = await openWorld();
    const seeing = { ...otherModel(world, "laplas"), model_info: { id: "other" } };
    await openRouter(world, { models: [laplasModel(world), seeing], settings: {}, callback: CALLBACK });
    expect(deployments(await ask({ ...chat({ messages: LOOK }), times: 20 }))).toEqual({ other: 20 });
    expect(world.calls()).toBe(0);
  });

  describe("what no reset heals", () => {
    it.each([
      ["with the callback", CALLBACK],
      ["without", undefined],
    ])("a 400 is neither retried nor cooled, %s", async (_, callback) => {
      const world = await openWorld();
      // The Router's own two retries, for all that the deployment says.
      const models = [laplasModel(world, "gpt-4o-mini", { params: { num_retries: 2 } })];
      await openRouter(world, { models, settings: {}, callback });
      const asked = await ask({ ...chat({ messages: LOOK }), times: 5 });
      for (const { error } of asked.answers) {
        expect(error?.types).toContain("BadRequestError");
        expect(error).toMatchObject({
          status: 400,
          explained: { retryable: false, code: "image_input", resets_at: null },
        });
      }
      expect(world.calls()).toBe(5);
      expect(asked.slept).toBe(0);
      expect(await litellm.cooled("router")).toEqual({});
      expect(world.sandbox.counts().received).toBe(0);
      expect(deployments(await ask(chat()))).toEqual({ "laplas/gpt-4o-mini": 1 });
    });

    it("a model that is not on the tier is left out for a day", async () => {
      const world = await openWorld();
      await openRouter(world, { models: [laplasModel(world, "gpt-9"), otherModel(world)], callback: CALLBACK });
      expect(deployments(await ask({ ...chat(), times: 10 }))).toEqual({ other: 10 });
      // A policy, which the 429 needs, has no word for 404: those are given three chances.
      expect(world.calls()).toBe(4);
      expect(await litellm.cooled("router")).toEqual({ "laplas/gpt-9": 86_400 });
    });
  });

  it("a wrong token is asked with once, and left out for five minutes", async () => {
    const world = await openWorld({ token: "the-token-of-the-test" });
    await openRouter(world, { callback: CALLBACK });
    expect(deployments(await ask({ ...chat(), times: 10 }))).toEqual({ other: 10 });
    expect(world.calls()).toBe(1);
    expect(await litellm.cooled("router")).toEqual({ "laplas/gpt-4o-mini": 300 });
  });

  it("shows the gateway the deployment's own token, or the one from the settings", async () => {
    const token = "the-token-of-the-test";
    const world = await openWorld({ ...thirtySeconds(), token });
    await spend(world);
    const given = laplasModel(world, "gpt-4o-mini", { params: { api_key: token } });
    await openRouter(world, { models: [given, otherModel(world)], callback: CALLBACK });
    expect(deployments(await ask(chat()))).toEqual({ other: 1 });
    await openRouter(world, { callback: { ...CALLBACK, gateway_url: world.baseURL, token } });
    expect(deployments(await ask(chat()))).toEqual({ other: 1 });
    expect(world.refusals()).toBe(0);
  });

  it("asks nobody about the deployments of others, and they never see a question", async () => {
    const world = await openWorld();
    const models = [otherModel(world, "laplas"), otherModel(world)];
    await openRouter(world, { models, callback: { ...CALLBACK, gateway_url: world.baseURL } });
    expect(deployments(await ask({ ...chat(), times: 5 }))).toEqual({ other: 5 });
    expect(world.visits).toEqual([]);
    expect(new Set(world.other.requests.map(({ path }) => path))).toEqual(new Set(["/v1/chat/completions"]));
  });

  describe("a gateway in trouble", () => {
    // Forgives at once, so that each request asks.
    const forgiving = { ...CALLBACK, pause_seconds: 0.001 };
    const settings = { ...FALLBACK, timeout: 20 };

    it("stopped: every request is answered by the fallback; started again, it serves", async () => {
      const world = await openWorld();
      const cooldown = { params: { cooldown_time: 0 } };
      await openRouter(world, {
        models: [laplasModel(world, "gpt-4o-mini", cooldown), otherModel(world)],
        settings,
        callback: forgiving,
      });
      expect(deployments(await ask(chat()))).toEqual({ "laplas/gpt-4o-mini": 1 });
      await world.stop();
      expect(deployments(await ask({ ...chat(), times: 20 }))).toEqual({ other: 20 });
      await world.start();
      expect(deployments(await ask(chat()))).toEqual({ "laplas/gpt-4o-mini": 1 });
      expect(world.refusals()).toBe(0);
    });

    it("an upstream that is down: an embedding is tried three times, by the OpenAI client inside LiteLLM", async () => {
      const world = await openWorld();
      const models = [laplasModel(world, "text-embedding-3-small", { mode: "embedding" })];
      await openRouter(world, { models, settings: {}, callback: CALLBACK });
      world.sandbox.fault({ kind: "serverError", status: 503 }, { times: 100 });
      await ask({ method: "aembedding", arguments: { model: "laplas", input: TEXTS } });
      expect(world.calls()).toBe(3);
    });

    it("slow to be asked: the question is given up, the call goes out all the same", async () => {
      const world = await openWorld();
      await openRouter(world, { settings, callback: { ...CALLBACK, pause_seconds: 60 } });
      const arrived = Promise.withResolvers<void>();
      world.silent = ({ url }) => {
        if (!url.endsWith("/check")) return false;
        arrived.resolve();
        return true;
      };
      const asked = ask({ ...chat(), times: 3 });
      await arrived.promise;
      litellm.leap(CALLBACK.timeout_seconds);
      expect(deployments(await asked)).toEqual({ "laplas/gpt-4o-mini": 3 });
      // It failed to answer once, and then was left alone.
      expect(world.checks()).toBe(1);
    });

    it("slower than the Router's own time-out: the fallback answers", async () => {
      const world = await openWorld();
      const slow = laplasModel(world, "gpt-4o-mini", { params: { timeout: 0.2 } });
      await openRouter(world, {
        models: [slow, otherModel(world)],
        settings,
        callback: { ...forgiving, timeout_seconds: 0.05 },
      });
      world.silent = () => true;
      expect(deployments(await ask({ ...chat(), times: 5 }))).toEqual({ other: 5 });
    });

    it.each([
      ["a page of HTML", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
      ["JSON that says something else", () => Response.json({ results: [{ verdict: "perhaps" }] })],
      ["too few answers", () => Response.json({ results: [] })],
      ["nothing", () => new Response(null, { status: 204 })],
      ["an error", () => Response.json({ error: { message: "no" } }, { status: 500 })],
    ])("answers %s: the request goes on", async (_, answer) => {
      const world = await openWorld();
      await openRouter(world, { settings, callback: forgiving });
      world.instead = answer;
      expect(deployments(await ask({ ...chat(), times: 5 }))).toEqual({ other: 5 });
      world.instead = ({ url }) => (url.endsWith("/check") ? answer() : undefined);
      await openRouter(world, { settings, callback: forgiving });
      expect(deployments(await ask({ ...chat(), times: 5 }))).toEqual({ "laplas/gpt-4o-mini": 5 });
    });
  });

  it("two Routers in two processes, twelve callers each: one at a time holds", async () => {
    const world = await openWorld({ sandbox: { latencyMs: 20 } });
    const second = openWorker(python);
    try {
      const models = [laplasModel(world)];
      await Promise.all([litellm, second].map((worker) => worker.router("router", { models, callback: CALLBACK })));
      const question = { router: "router", ...chat(), times: 24, parallel: 12 };
      const both = await Promise.all([litellm, second].map((worker) => worker.ask(question)));
      expect(both.map(deployments)).toEqual([{ "laplas/gpt-4o-mini": 24 }, { "laplas/gpt-4o-mini": 24 }]);
      expect(world.sandbox.counts()).toMatchObject({ received: 48, answered: 48, refused: 0 });
      expect(world.refusals()).toBe(0);
    } finally {
      await second.end();
    }
  });

  it.skipIf(!hasRedis())("two Routers with one Redis: what one is told, the other does not ask again", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const world = await openWorld(sixteenADay());
    await spend(world);
    // Both of its own: a Router stays in its process, and once its Redis is gone, it holds up every failed call of the others there.
    const workers = [openWorker(python), openWorker(python)];
    try {
      const models = [laplasModel(world), otherModel(world)];
      const settings = { ...FALLBACK, redis_host: "127.0.0.1", redis_port: redis.port };
      for (const worker of workers) {
        await worker.router("router", { models, settings });
        expect(deployments(await worker.ask({ router: "router", ...chat(), times: 5 }))).toEqual({ other: 5 });
      }
      expect(world.calls()).toBe(1);
    } finally {
      await Promise.all(workers.map((worker) => worker.end()));
    }
  });

  it("twenty at once on a slow upstream take turns, and none is refused", async () => {
    const world = await openWorld({ sandbox: { latencyMs: 100 } });
    await openRouter(world);
    expect(deployments(await ask({ ...chat(), times: 20, parallel: 20 }))).toEqual({ "laplas/gpt-4o-mini": 20 });
    expect(world.sandbox.counts()).toMatchObject({ received: 20, answered: 20, refused: 0 });
    expect(world.refusals()).toBe(0);
  });

  it.each([
    ["with the callback", CALLBACK],
    ["without", undefined],
  ])(
    "twenty at once at a queue for four: the fallback answers the others, and nobody sleeps, %s",
    async (_, callback) => {
      const world = await openWorld({ sandbox: { latencyMs: 300 }, laplas: { maxQueue: 4 } });
      await openRouter(world, { callback });
      const asked = await ask({ ...chat(), times: 20, parallel: 20 });
      const { "laplas/gpt-4o-mini": own = 0, other = 0 } = deployments(asked);
      expect(own + other).toBe(20);
      // One that runs and four that wait; on a busy machine one more may have come after the first was done.
      expect(own).toBeGreaterThanOrEqual(5);
      expect(other).toBeGreaterThan(0);
      expect(asked.slept).toBe(0);
      expect(world.sandbox.counts()).toMatchObject({ received: own, answered: own, refused: 0 });
    },
  );

  it("a full queue without a fallback names the time of those that wait, and not of all that came", async () => {
    const world = await openWorld({ sandbox: { latencyMs: 300 }, laplas: { maxQueue: 4 } });
    await openRouter(world, { models: [laplasModel(world)], settings: {} });
    const { answers } = await ask({ ...chat(), times: 20, parallel: 20 });
    const refused = answers.flatMap(({ error }) => error?.explained ?? []);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, retryable, retry_after: seconds } of refused) {
      expect([status, retryable]).toEqual([429, true]);
      expect(seconds).toBeGreaterThan(0);
      // Two seconds for each of the four and for itself.
      expect(seconds).toBeLessThanOrEqual(10);
    }
  });

  describe("explain, on what LiteLLM really raises", () => {
    type Door = readonly [method: string, input: object, id: string, provider: string];
    const doors: readonly Door[] = [
      ["acompletion", { messages: HELLO }, "gpt-4o-mini", "openai"],
      ["acompletion", { messages: HELLO, stream: true }, "gpt-4o-mini", "openai"],
      ["completion", { messages: HELLO }, "gpt-4o-mini", "openai"],
      ["aembedding", { input: TEXTS }, "text-embedding-3-small", "openai"],
      ["embedding", { input: TEXTS }, "text-embedding-3-small", "openai"],
      ["aimage_generation", { prompt: "A cat" }, "flux/schnell", "openai"],
      ["image_generation", { prompt: "A cat" }, "flux/schnell", "openai"],
      ["acompletion", { messages: HELLO }, "gpt-4o-mini", "aiml"],
      ["aimage_generation", { prompt: "A cat" }, "flux/schnell", "aiml"],
      ["completion", { messages: HELLO }, "gpt-4o-mini", "laplas"],
      ["acompletion", { messages: HELLO }, "gpt-4o-mini", "laplas"],
      ["completion", { messages: HELLO, stream: true }, "gpt-4o-mini", "laplas"],
      ["acompletion", { messages: HELLO, stream: true }, "gpt-4o-mini", "laplas"],
      ["aembedding", { input: TEXTS }, "text-embedding-3-small", "laplas"],
      ["embedding", { input: TEXTS }, "text-embedding-3-small", "laplas"],
      ["aimage_generation", { prompt: "A cat" }, "flux/schnell", "laplas"],
      ["image_generation", { prompt: "A cat" }, "flux/schnell", "laplas"],
    ];
    const explained = async (world: World, [method, input, id, provider]: Door, more: object = {}) => {
      const address = { api_base: world.baseURL, api_key: "unused" };
      if (provider === "laplas") await litellm.register(world.baseURL);
      const at = { ...(provider === "laplas" ? {} : address), num_retries: 0, max_retries: 0 };
      const asked = await litellm.ask({ method, arguments: { model: `${provider}/${id}`, ...at, ...input, ...more } });
      return asked.answers[0]?.error?.explained;
    };

    it.each(doors)("%s %o of %s through %s/: a spent day", async (...door) => {
      const world = await openWorld(sixteenADay());
      await spend(world);
      const found = await explained(world, door);
      expect(found).toMatchObject({ retryable: false, code: "daily_quota", status: 429 });
      const status = await world.laplas.status();
      expect(Date.parse(found?.resets_at ?? "")).toBe(status.windows[0]?.resetsAt.getTime());
      expect(found?.rule).toBe("daily_api_tokens");
      expect(found?.retry_after).toBeGreaterThan(0);
      expect(found?.message).toMatch(/^laplas free tier: daily quota used up/);
    });

    it.each(doors)(
      "%s %o of %s through %s/: a model that is not on the tier",
      async (...[method, input, , provider]) => {
        const world = await openWorld();
        const found = await explained(world, [method, input, "gpt-9" as "gpt-4o-mini", provider] as Door);
        expect(found).toMatchObject({ retryable: false, code: "model_not_on_tier", status: 404, resets_at: null });
      },
    );

    it.each(doors)("%s %o of %s through %s/: an upstream that is down for a moment", async (...door) => {
      const world = await openWorld();
      world.sandbox.fault({ kind: "serverError", status: 503 }, { times: 100 });
      const found = await explained(world, door);
      expect(found).toMatchObject({ retryable: true, status: 503, resets_at: null });
    });

    const registered = doors.filter(([, , , provider]) => provider === "laplas");

    it.each(registered)("%s %o of %s through %s/: a wrong token", async (...door) => {
      const world = await openWorld({ token: "the-token-of-the-test" });
      const found = await explained(world, door);
      expect(found).toMatchObject({ retryable: false, code: "invalid_api_key", status: 401, retry_after: 300 });
      expect([world.calls(), world.sandbox.counts().received]).toEqual([1, 0]);
    });

    it.each(registered)("%s %o of %s through %s/: a gateway that is away", async (...door) => {
      const world = await openWorld();
      await world.stop();
      const found = await explained(world, door);
      expect(found).toMatchObject({ retryable: true, code: null, status: 500, resets_at: null });
      expect(found?.message).toContain("Connection error");
    });

    it("a Router with nothing left", async () => {
      const world = await openWorld(sixteenADay());
      await spend(world);
      await openRouter(world, { models: [laplasModel(world)], settings: {} });
      const [, second] = (await ask({ ...chat(), times: 2 })).answers;
      expect(second?.error?.types).toContain("RouterRateLimitError");
      expect(second?.error?.explained).toMatchObject({ retryable: false, code: null, status: 429 });
      expect(second?.error?.explained.retry_after).toBeGreaterThan(60);
    });
  });

  describe("openai/ with api_base", () => {
    it("chats, streams, calls tools", async () => {
      const world = await openWorld();
      await openRouter(world, { callback: CALLBACK });
      const [whole] = (await ask(chat())).answers;
      expect(whole).toMatchObject({
        deployment: "laplas/gpt-4o-mini",
        text: expect.stringContaining("Hello"),
        apiTokens: "16",
      });
      const [stream] = (
        await ask(chat({ messages: [{ role: "user", content: "Write 60 words about the sea" }], stream: true }))
      ).answers;
      expect(stream?.words).toBeGreaterThan(10);
      const [tools] = (
        await ask(chat({ messages: [{ role: "user", content: "What is the weather in Lisbon?" }], tools: [WEATHER] }))
      ).answers;
      expect(tools?.toolCalls).toEqual([["get_weather", expect.stringContaining("Lisbon")]]);
      expect(world.sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
    });

    it("embeds, to the values that the sandbox gives", async () => {
      const world = await openWorld();
      await openRouter(world, {
        models: [laplasModel(world, "text-embedding-3-small", { mode: "embedding" })],
        callback: CALLBACK,
      });
      const asked = await ask({ method: "aembedding", arguments: { model: "laplas", input: TEXTS } });
      expect(rounded(asked.answers[0]?.vectors ?? [])).toEqual(await sandboxVectors(world.sandbox, TEXTS));
      expect(world.refusals()).toBe(0);
    });

    it.each(["flux/schnell", "dall-e-3"])("draws with %s, whichever list the upstream answers with", async (id) => {
      const world = await openWorld();
      const params = { drop_params: true };
      await openRouter(world, {
        models: [laplasModel(world, id, { mode: "image_generation", params })],
        callback: CALLBACK,
      });
      const draw = { model: "laplas", prompt: "A lighthouse", size: "512x512", n: 1, response_format: "url" };
      const [answer] = (await ask({ method: "aimage_generation", arguments: draw })).answers;
      await expectPicture(answer);
      expect(world.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
    });
  });

  it("leaves each model of several providers out by itself, for as long as its provider's own limit says", async () => {
    const evidence = { source: "the test", date: "2026-11-29", status: "assumed" } as const;
    const period = { type: "day" } as const;
    const once = { id: "once", kind: "window", meter: "requests", limit: 1, scope: "model", period, evidence } as const;
    const presets = await Promise.all((["groq", "gemini"] as const).map((preset) => createSandbox({ preset })));
    const [atGroq, atGemini] = presets;
    const engine = createEngine({
      providers: [
        groq({ apiKey: "any", baseURL: atGroq?.baseURL, tier: { name: "small", title: "small", rules: [once] } }),
        gemini({ apiKey: "any", baseURL: atGemini?.baseURL }),
      ],
      ledger: "memory",
      environment: {},
    });
    const gateway = createGateway({ laplas: engine });
    const server = await listen(gateway, { port: 0 });
    onTestFinished(async () => {
      await server.close(0);
      gateway.close();
      await engine.close();
      for (const preset of presets) await preset.close();
    });
    const first = "groq/openai/gpt-oss-120b";
    const models = [first, "auto"].map((id) => laplasModel(server, id, { group: id }));
    const to = (model: string) => ask({ method: "acompletion", arguments: { model, messages: HELLO } });
    for (const callback of [undefined, CALLBACK]) {
      await litellm.router("router", { models, settings: {}, callback });
      if (callback === undefined) expect(deployments(await to(first))).toEqual({ [`laplas/${first}`]: 1 });
      const [refused] = (await to(first)).answers;
      expect(refused?.error).toMatchObject({ status: 429, explained: { retryable: false, rule: "once" } });
      expect(refused?.error?.explained.retry_after).toBeGreaterThan(0);
      const cooled = await litellm.cooled("router");
      // With the callback it was not asked, so that nothing failed.
      expect(Object.keys(cooled)).toEqual(callback === undefined ? [`laplas/${first}`] : []);
      expect(deployments(await to("auto"))).toEqual({ "laplas/auto": 1 });
    }
    expect(atGroq?.counts().refused).toBe(0);
  });

  describe("laplas/, registered", () => {
    const TOKEN = "the-token-of-the-test";
    const open = async (): Promise<World> => {
      const world = await openWorld({ token: TOKEN });
      await litellm.register(world.baseURL, TOKEN);
      // Which LiteLLM would send where no key is given.
      await litellm.environment({ OPENAI_API_KEY: "of-another-vendor" });
      return world;
    };
    const call = async (method: string, argument: object): Promise<Answer | undefined> =>
      (await litellm.ask({ method, arguments: { ...argument } })).answers[0];

    it.each(["completion", "acompletion"])("%s chats, streams, calls tools", async (method) => {
      const world = await open();
      const model = "laplas/gpt-4o-mini";
      const whole = await call(method, { model, messages: HELLO });
      expect(whole).toMatchObject({ text: expect.stringContaining("Hello"), apiTokens: "16" });
      const sea = [{ role: "user", content: "Write 60 words about the sea" }];
      expect((await call(method, { model, messages: sea, stream: true }))?.words).toBeGreaterThan(10);
      const weather = {
        model,
        messages: [{ role: "user", content: "What is the weather in Lisbon?" }],
        tools: [WEATHER],
      };
      for (const stream of [false, true]) {
        const tools = await call(method, { ...weather, stream });
        expect(tools?.toolCalls?.map(([name]) => name)).toEqual(["get_weather"]);
      }
      expect(world.sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    });

    it("streams the usage that the gateway counts", async () => {
      const world = await open();
      const stream = { stream: true, stream_options: { include_usage: true } };
      const { usage } = (await call("acompletion", { model: "laplas/gpt-4o-mini", messages: HELLO, ...stream })) ?? {};
      const direct = { model: "openai/gpt-4o-mini", api_base: world.baseURL, api_key: TOKEN, messages: HELLO };
      expect(usage).toEqual((await call("acompletion", direct))?.usage);
      expect(usage?.[1]).toBeGreaterThan(0);
    });

    it.each(["embedding", "aembedding"])("%s embeds, to the values that the sandbox gives", async (method) => {
      const world = await open();
      const answer = await call(method, { model: "laplas/text-embedding-3-small", input: TEXTS });
      expect(rounded(answer?.vectors ?? [])).toEqual(await sandboxVectors(world.sandbox, TEXTS));
    });

    it.each(["image_generation", "aimage_generation"])("%s draws, in the size that was asked for", async (method) => {
      const world = await open();
      const draw = { model: "laplas/flux/schnell", prompt: "A lighthouse", size: "256x512", seed: 7 };
      await expectPicture(await call(method, draw));
      expect(world.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
      expect(world.sandbox.requests[0]?.body).toMatchObject({ image_size: { width: 256, height: 512 }, seed: 7 });
    });

    it("shortens a vector by extra_body, which LiteLLM hands on", async () => {
      await open();
      const short = { model: "laplas/text-embedding-3-small", input: TEXTS, extra_body: { dimensions: 64 } };
      expect((await call("aembedding", short))?.vectors?.map(({ length }) => length)).toEqual([64, 64]);
    });

    it.each([
      ["leaves it for its fallback", undefined, 1],
      ["leaves it out before a call fails, with the callback", CALLBACK, 0],
    ])("is a deployment of a Router, which %s", async (_, callback, refusals) => {
      const world = await openWorld(thirtySeconds());
      await spend(world);
      await litellm.register(world.baseURL);
      const models = [
        { model_name: "laplas", litellm_params: { model: "laplas/gpt-4o-mini" }, model_info: { id: "registered" } },
        otherModel(world),
      ];
      await openRouter(world, { models, settings: { ...FALLBACK, num_retries: 0 }, callback });
      expect(deployments(await ask(chat()))).toEqual({ other: 1 });
      expect(world.refusals()).toBe(refusals);
      expect(world.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
    });
  });

  describe("aiml/ with AIML_API_BASE, and no other change", () => {
    const open = async (): Promise<World> => {
      const world = await openWorld();
      await litellm.environment({ AIML_API_BASE: world.baseURL, AIML_API_KEY: "unused" });
      return world;
    };

    it("chats, streams, calls tools", async () => {
      const world = await open();
      const model = "aiml/google/gemma-3-27b-it";
      const call = async (more: object) =>
        (await litellm.ask({ method: "acompletion", arguments: { model, ...more } })).answers[0];
      expect(await call({ messages: HELLO, max_tokens: 4000 })).toMatchObject({
        text: expect.stringContaining("Hello"),
      });
      expect(
        (await call({ messages: [{ role: "user", content: "Write 60 words about the sea" }], stream: true }))?.words,
      ).toBeGreaterThan(10);
      const question = [{ role: "user", content: "What is the weather in Lisbon?" }];
      const tools = await call({ model: "aiml/gpt-4o-mini", messages: question, tools: [WEATHER] });
      expect(tools?.toolCalls).toEqual([["get_weather", expect.stringContaining("Lisbon")]]);
      expect(world.sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
    });

    it.each([
      ["a size", { size: "512x512" }],
      ["a size by name", { size: "square_hd" }],
      ["a count", { n: 2, size: "512x512" }],
      ["nothing", {}],
    ])("draws with %s given", async (_, more) => {
      const world = await open();
      const draw = { model: "aiml/flux/schnell", prompt: "A lighthouse", ...more };
      const [answer] = (await litellm.ask({ method: "aimage_generation", arguments: draw })).answers;
      await expectPicture(answer);
      expect(answer?.pictures).toHaveLength("n" in more ? 2 : 1);
      expect(world.sandbox.counts().refused).toBe(0);
    });

    it("draws with fields of the model's own", async () => {
      const world = await open();
      const draw = {
        model: "aiml/flux/schnell",
        prompt: "A lighthouse",
        size: "512x512",
        seed: 7,
        num_inference_steps: 4,
      };
      const [answer] = (await litellm.ask({ method: "aimage_generation", arguments: draw })).answers;
      await expectPicture(answer);
      expect(world.sandbox.counts().refused).toBe(0);
    });

    // LiteLLM 1.106.12 sends them inside "extra_body".
    it("sends fields of the model's own to the upstream as its schema has them", async () => {
      const world = await open();
      const draw = { model: "aiml/flux/schnell", prompt: "A lighthouse", seed: 7, num_inference_steps: 4 };
      await litellm.ask({ method: "aimage_generation", arguments: draw });
      expect(world.sandbox.requests[0]?.body).toMatchObject({ seed: 7, num_inference_steps: 4 });
      expect(world.sandbox.requests[0]?.body).not.toHaveProperty("extra_body");
    });

    it("as deployments of a Router, which the callback knows by the address", async () => {
      const world = await open();
      const spent = await openWorld(thirtySeconds());
      await spend(spent);
      const models = [
        {
          model_name: "laplas",
          litellm_params: { model: "aiml/gpt-4o-mini", api_base: spent.baseURL, api_key: "unused" },
          model_info: { id: "aiml" },
        },
        otherModel(world),
      ];
      await openRouter(world, { models, callback: { ...CALLBACK, gateway_url: spent.baseURL } });
      expect(deployments(await ask({ ...chat(), times: 10 }))).toEqual({ other: 10 });
      expect(spent.calls()).toBe(0);
    });

    it("refuses what LiteLLM itself has no embeddings for", async () => {
      await open();
      const [answer] = (
        await litellm.ask({ method: "aembedding", arguments: { model: "aiml/text-embedding-3-small", input: TEXTS } })
      ).answers;
      expect(answer?.error?.message).toMatch(/Unmapped LLM provider/);
    });
  });

  async function expectPicture(answer: Answer | undefined): Promise<void> {
    expect(answer?.error).toBeUndefined();
    const response = await fetch(answer?.pictures?.[0] ?? "");
    expect(response.headers.get("content-type")).toBe("image/png");
  }
}

import { InMemoryCache } from "@langchain/core/caches";
import { load } from "@langchain/core/load";
import { longText } from "@laplas/sandbox";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LaplasEmbeddings } from "../embeddings/laplas-embeddings.js";
import { engineFor } from "../engine/shared-engine.js";
import { reportOf } from "../messages/report-of.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { ChatLaplas } from "./chat-laplas.js";

const BASE = { apiKey: "continues", ledger: "memory", baseURL: "http://127.0.0.1:9/v1" } as const;
const text = longText({ tokens: 900 });
const invalid = (message: string | RegExp) =>
  expect.objectContaining({ code: "invalid_options", message: expect.stringMatching(message) });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("continueAtCap", () => {
  it("is a model's own, and models with different values share an engine", async () => {
    const { sandbox } = await openWorld();
    const settings = { ...BASE, baseURL: sandbox.baseURL };
    const models = [undefined, 0, 8].map(
      (continueAtCap) => new ChatLaplas("gpt-4o-mini", { ...settings, continueAtCap }),
    );
    sandbox.write({ text }, { times: 3 });
    // One queue, because the upstream takes one request at a time.
    const answers = await Promise.all(models.map((model, index) => model.invoke(`Write a story ${index}`)));
    expect(answers.map((answer) => answer.text === text)).toEqual([false, false, true]);
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    expect(new LaplasEmbeddings({ ...settings, model: "text-embedding-3-small" })).not.toHaveProperty("continueAtCap");
  });

  it("of a call goes before that of the model, and that before the engine's", async () => {
    const { chat, sandbox } = await openWorld({}, { continueAtCap: 8 });
    sandbox.write({ text }, { times: 5 });
    const whole = async (fields: object, options: object) => {
      return (await chat(fields).invoke("Write a story", options)).text === text;
    };
    expect(await whole({}, {})).toBe(true);
    expect(await whole({ continueAtCap: 0 }, {})).toBe(false);
    expect(await whole({ continueAtCap: 0 }, { continueAtCap: 8 })).toBe(true);
    expect(await whole({}, { continueAtCap: 0 })).toBe(false);
    const bound = chat({ continueAtCap: 0 }).withConfig({ continueAtCap: 8 });
    expect((await bound.invoke("Write a story")).text).toBe(text);
  });

  it("of the environment fills in what is left out, of models that are made after it", async () => {
    const { sandbox, engine } = await openWorld();
    const settings = { ...BASE, baseURL: sandbox.baseURL };
    const whole = async (fields: object = {}) => {
      sandbox.write({ text });
      return (await new ChatLaplas("gpt-4o-mini", { ...settings, ...fields }).invoke("Write a story")).text === text;
    };
    expect(await whole()).toBe(false);
    vi.stubEnv("LAPLAS_CONTINUE_AT_CAP", "8");
    expect(await whole()).toBe(true);
    expect(await whole({ continueAtCap: 0 })).toBe(false);
    // An engine that was handed in has read its own.
    expect(new ChatLaplas({ model: "gpt-4o", engine }).continueAtCap).toBeUndefined();
    vi.stubEnv("LAPLAS_CONTINUE_AT_CAP", "");
    expect(await whole()).toBe(false);
    vi.stubEnv("LAPLAS_CONTINUE_AT_CAP", "many");
    expect(() => new ChatLaplas("gpt-4o", settings)).toThrow(invalid('LAPLAS_CONTINUE_AT_CAP" is "many"'));
  });

  it("that is no count is refused, of a model and of a call", async () => {
    const { chat, sandbox } = await openWorld();
    for (const continueAtCap of [-1, 0.5, 101, "8" as never]) {
      const error = invalid(`"continueAtCap" is "${continueAtCap}", but must be a whole number from 0 to 100`);
      expect(() => chat({ continueAtCap })).toThrow(error);
      expect(await rejection(chat().invoke("Hello", { continueAtCap }))).toEqual(error);
      expect(await rejection(chat().streamEvents("Hello", { continueAtCap } as object).output)).toEqual(error);
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("is written with the model, and comes back with LangChain's load", async () => {
    const model = new ChatLaplas("gpt-4o-mini", { ...BASE, continueAtCap: 8, continueSeams: "plain" });
    const { kwargs } = JSON.parse(JSON.stringify(model));
    expect(kwargs).toMatchObject({ continue_at_cap: 8, continue_seams: "plain" });
    const loaded = await load<ChatLaplas>(JSON.stringify(model), {
      secretsMap: { LAPLAS_API_KEY: BASE.apiKey },
      optionalImportsMap: { "langchain/chat_models/laplas": { ChatLaplas } },
    });
    expect(loaded).toMatchObject({ continueAtCap: 8, continueSeams: "plain" });
    vi.stubEnv("LAPLAS_CONTINUE_AT_CAP", "3");
    expect(JSON.parse(JSON.stringify(new ChatLaplas("gpt-4o-mini", BASE))).kwargs).not.toHaveProperty(
      "continue_at_cap",
    );
  });

  it("tells answers apart for LangChain's caches, and a continued answer comes back from there as it was", async () => {
    const { chat, sandbox } = await openWorld();
    const cache = new InMemoryCache();
    sandbox.write({ text }, { times: 3 });
    const cut = await chat({ cache }).invoke("Write a story");
    const whole = await chat({ cache, continueAtCap: 8 }).invoke("Write a story");
    expect([cut.text === text, whole.text === text]).toEqual([false, true]);
    const asked = sandbox.counts().received;
    const again = await chat({ cache, continueAtCap: 8 }).invoke("Write a story");
    expect(again).toMatchObject({ text, response_metadata: { finish_reason: "stop" } });
    expect(reportOf(again)).toEqual(reportOf(whole));
    expect((await chat({ cache }).invoke("Write a story")).text).toBe(cut.text);
    expect(sandbox.counts().received).toBe(asked);
    // The same model, asked for a short answer.
    expect((await chat({ cache, continueAtCap: 8 }).invoke("Write a story", { continueAtCap: 0 })).text).toBe(cut.text);
    expect(sandbox.counts().received).toBe(asked + 1);
  });

  it("does not go into the request", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ continueAtCap: 8, continueSeams: undefined });
    await model.invoke("Hello", { continueAtCap: 2 });
    expect(sandbox.requests[0]?.body).not.toHaveProperty("continueAtCap");
    expect(model.invocationParams({ continueAtCap: 2 } as never)).toEqual({ model: "gpt-4o-mini" });
  });
});

describe("continueSeams", () => {
  it("is a setting of the engine: `plain` takes a continuation without an echo, and the report says so", async () => {
    const { sandbox } = await openWorld();
    const settings = { ...BASE, baseURL: sandbox.baseURL, continueAtCap: 8 };
    expect(engineFor({ ...BASE, continueSeams: "plain" })).not.toBe(engineFor(BASE));
    const plain = new ChatLaplas("gpt-4o", { ...BASE, continueSeams: "plain" });
    expect(plain._identifyingParams()).toMatchObject({ continueSeams: "plain" });
    const seams = async (continueSeams: "proved" | "plain") => {
      sandbox.write({ text, habit: "ignores" });
      const answer = await new ChatLaplas("gpt-4o-mini", { ...settings, continueSeams }).invoke("Write a story");
      return { isWhole: answer.text === text, seams: reportOf(answer)?.parts?.map(({ seam }) => seam) };
    };
    expect(await seams("plain")).toEqual({ isWhole: true, seams: ["first", "unproved"] });
    expect(await seams("proved")).toEqual({ isWhole: false, seams: ["first", "none", "none"] });
  });

  it("is not taken beside an engine, which has its own", async () => {
    const { chat } = await openWorld({}, { continueSeams: "plain" });
    expect(() => chat({ continueSeams: "plain" })).toThrow(invalid(/"continueSeams".*"engine"/));
  });
});

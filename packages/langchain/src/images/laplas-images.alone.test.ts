import { inspect } from "node:util";
import { load } from "@langchain/core/load";
import { ChatPromptTemplate, PromptTemplate } from "@langchain/core/prompts";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { isRetryable } from "@laplas/core";
import type { SandboxOptions } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { reportOf } from "../messages/report-of.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { longestPause, shortenWaits } from "../testing/shorten-waits.js";
import type { LaplasImage } from "./image-blocks.js";
import type { LaplasImagesFields } from "./image-fields.js";
import { LaplasImages } from "./laplas-images.js";

const { waited } = shortenWaits();
const fox = "a red fox in the snow";

async function open(fields: LaplasImagesFields = {}, options: SandboxOptions = {}) {
  const world = await openWorld(options);
  return { ...world, images: new LaplasImages({ model: "flux/schnell", engine: world.engine, ...fields }) };
}

const bodies = (requests: readonly { body: unknown }[]) => requests.map(({ body }) => body as Record<string, unknown>);

describe("LaplasImages", () => {
  it("draws a picture and gives it as a standard block, with size and report", async () => {
    const { images, sandbox } = await open({ size: "512x512" });
    const pictures = await images.invoke(fox);
    expect(pictures).toEqual([
      {
        type: "image",
        url: expect.stringContaining(sandbox.url),
        mimeType: "image/png",
        metadata: {
          width: 512,
          height: 512,
          seed: expect.anything(),
          model: "flux/schnell",
          laplas: expect.anything(),
        },
      },
    ]);
    expect(reportOf(pictures)).toMatchObject({ attempts: 1, remaining: 50_000 - sandbox.used() });
    const [picture] = pictures;
    const response = await fetch(String(picture?.url));
    expect(response.headers.get("content-type")).toBe("image/png");
  });

  it("gives data where that was asked for, and what the model made of the prompt", async () => {
    const { images, sandbox } = await open({ model: "dall-e-2", responseFormat: "b64_json" });
    const [picture] = await images.invoke(fox);
    expect(picture).toMatchObject({ type: "image", mimeType: "image/png", metadata: { revisedPrompt: fox } });
    expect(Buffer.from(String(picture?.data), "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(bodies(sandbox.requests)[0]).toMatchObject({ response_format: "b64_json", size: "512x512" });
    expect(reportOf([picture as LaplasImage])?.adjusted).toMatchObject([{ field: "size", to: "size=512x512" }]);
  });

  it("gives data where the model answers with an address", async () => {
    const { images } = await open({ responseFormat: "b64_json" });
    const [picture] = await images.invoke(fox);
    expect(picture).toMatchObject({ type: "image", mimeType: "image/png" });
    expect(picture).not.toHaveProperty("url");
    expect(Buffer.from(String(picture?.data), "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(reportOf([picture as LaplasImage])?.adjusted).toMatchObject([{ to: "response_format=fetched" }]);
  });

  it("takes options of the call over its own, and the model's own fields", async () => {
    const { images, sandbox } = await open({ n: 1, size: "256x256", modelKwargs: { seed: 7, num_inference_steps: 2 } });
    const pictures = await images.invoke({ prompt: fox, n: 2, size: "512x512", seed: 8 });
    expect(pictures).toHaveLength(2);
    expect(bodies(sandbox.requests)).toEqual(
      [8, 9].map((seed) => ({
        model: "flux/schnell",
        prompt: fox,
        num_images: 1,
        image_size: { width: 512, height: 512 },
        seed,
        num_inference_steps: 2,
      })),
    );
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
    // Several requests have drawn, each with a seed of its own: one seed twice is one picture twice.
    expect(pictures.map(({ metadata }) => metadata?.seed)).toEqual([8, 9]);
  });

  it("draws from a picture", async () => {
    const { images, sandbox } = await open({ model: "flux/dev/image-to-image" });
    const pictures = await images.invoke({ prompt: "at night", image_url: "https://example.com/fox.png" });
    expect(pictures).toHaveLength(1);
    expect(sandbox.counts().refused).toBe(0);
  });

  it("runs in chains, after templates of both kinds", async () => {
    const { images, sandbox } = await open();
    const template = PromptTemplate.fromTemplate("a {animal} at sea");
    const chat = ChatPromptTemplate.fromMessages([
      ["system", "In oil."],
      ["human", "a {animal}"],
    ]);
    for (const chain of [template.pipe(images), chat.pipe(images)]) {
      expect(await chain.invoke({ animal: "fox" })).toHaveLength(1);
    }
    expect(bodies(sandbox.requests).map(({ prompt }) => prompt)).toEqual(["a fox at sea", "In oil.\na fox"]);
  });

  it("draws many one at a time, and streams one chunk", async () => {
    const { images, sandbox } = await open();
    const all = await images.batch(["a fox", { prompt: "an owl" }, "a house"]);
    expect(all.map((pictures) => pictures.length)).toEqual([1, 1, 1]);
    const chunks: LaplasImage[][] = [];
    for await (const chunk of await images.stream("a tree")) chunks.push(chunk);
    expect(chunks).toMatchObject([[{ type: "image" }]]);
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
  });

  it("tells callbacks and traces under its name", async () => {
    const { images } = await open();
    const heard: unknown[] = [];
    await images.invoke(fox, {
      runName: "fox",
      callbacks: [
        {
          handleChainStart: (serialized, inputs, _run, _parent, _tags, _metadata, _type, name) =>
            void heard.push(serialized.id, inputs, name),
          handleChainEnd: (outputs) => void heard.push(outputs),
        },
      ],
    });
    expect(heard).toEqual([
      ["langchain", "images", "laplas", "LaplasImages"],
      { input: fox },
      "fox",
      { output: [expect.objectContaining({ type: "image" })] },
    ]);
  });
});

describe("errors of LaplasImages", () => {
  it("are the engine's, with the pictures made before them", async () => {
    const { images, sandbox } = await open({ n: 3, maxRetries: 0 });
    sandbox.fault({ kind: "serverError" }, { when: () => sandbox.counts().received > 2 });
    const error = await rejection(images.invoke(fox));
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
    expect((error as { completed: unknown }).completed).toMatchObject([
      { type: "image", url: expect.any(String), metadata: { model: "flux/schnell" } },
      { type: "image", url: expect.any(String) },
    ]);
  });

  it.each([
    ["a picture that is too dear", "request_cost", 1, {}, { imagePrices: () => 900 }],
    ["a size that can't be drawn", "invalid_request", 0, { size: "500x333" }, {}],
    ["a prompt that is too long", "invalid_request", 0, { model: "imagen-3.0-generate-002", n: 1 }, {}],
    ["a model of another kind", "invalid_request", 0, { model: "gpt-4o-mini" }, {}],
    ["a spent day", "daily_quota", 1, {}, { rules: { dailyApiTokens: 0 } }],
  ])("are one attempt for %s", async (_, code, sent, fields, options) => {
    const { images, sandbox, calls } = await open(fields, options);
    const prompt = "fox ".repeat(101);
    const error = await rejection(images.withRetry({ stopAfterAttempt: 3 }).invoke(prompt));
    expect(error).toMatchObject({ code, retryable: false });
    expect(await rejection(new AsyncCaller({ maxRetries: 3 }).call(() => images.invoke(prompt)))).toBeDefined();
    expect(calls).toHaveLength(2);
    expect(sandbox.counts().received).toBe(sent);
  });

  it("start a fallback at once", async () => {
    const { images } = await open({}, { rules: { dailyApiTokens: 0 } });
    const { images: spare } = await open();
    expect(await images.withFallbacks([spare]).invoke(fox)).toHaveLength(1);
  });

  it("are tried again by the engine, and by .withRetry() not before their time", async () => {
    const { images, sandbox, engine, calls } = await open();
    sandbox.fault({ kind: "serverError" });
    expect(reportOf(await images.invoke(fox))?.attempts).toBe(2);
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 2 });
    await new LaplasImages("flux/schnell", { engine, maxRetries: 0 }).withRetry({ stopAfterAttempt: 2 }).invoke(fox);
    expect(longestPause(waited)).toBeGreaterThanOrEqual(1_900);
    expect(calls).toHaveLength(3);
  });

  it("leave an abort as the signal's reason, not to be retried", async () => {
    const { images, sandbox } = await open();
    const reason = new Error("changed my mind");
    expect(await rejection(images.invoke(fox, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(sandbox.counts().received).toBe(0);
    // No answer comes before both calls have been given up.
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise }, { times: 2 });
    const controller = new AbortController();
    void sandbox.received().then(() => controller.abort("a plain text"));
    expect(await rejection(images.invoke(fox, { signal: controller.signal }))).toBe("a plain text");
    const error = await rejection(images.withRetry({ stopAfterAttempt: 3 }).invoke(fox, { timeout: 50 }));
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(isRetryable(error)).toBe(false);
    release.resolve();
    expect((await images.invoke(fox)).length).toBe(1);
    expect(sandbox.counts().refused).toBe(0);
  });
});

describe("the constructor of LaplasImages", () => {
  const base = { apiKey: "secret-key-0123456789", ledger: "memory", baseURL: "http://127.0.0.1:9/v1" } as const;

  it.each([
    [{}, /"model"/],
    [{ model: "flux/schnell", n: 0 }, /"n"/],
    [{ model: "flux/schnell", n: 1.5 }, /"n"/],
    [{ model: "flux/schnell", responseFormat: "png" as never }, /responseFormat/],
    [{ model: "flux/schnell", timeout: -1 }, /timeout/],
  ])("refuses %j", (fields, message) => {
    expect(() => new LaplasImages({ ...base, ...fields })).toThrow(message);
  });

  it("shows the key to nobody, and LangChain's load brings it back", async () => {
    const images = new LaplasImages("flux/schnell", { ...base, size: "512x512", modelKwargs: { seed: 7 } });
    expect(inspect(images, { depth: 20, showHidden: true })).not.toContain(base.apiKey);
    const written = JSON.stringify(images);
    expect(written).not.toContain(base.apiKey);
    expect(JSON.parse(written)).toMatchObject({
      id: ["langchain", "images", "laplas", "LaplasImages"],
      kwargs: { model: "flux/schnell", base_url: base.baseURL, api_key: { type: "secret", id: ["LAPLAS_API_KEY"] } },
    });
    const loaded = await load<LaplasImages>(written, {
      secretsMap: { LAPLAS_API_KEY: base.apiKey },
      optionalImportsMap: { "langchain/images/laplas": { LaplasImages } },
    });
    expect(loaded).toBeInstanceOf(LaplasImages);
    expect(loaded).toMatchObject({ model: "flux/schnell", size: "512x512", baseURL: base.baseURL });
  });
});

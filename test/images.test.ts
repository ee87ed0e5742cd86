import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaplas, type ImageRequest, isLaplasError, type Laplas, type LaplasOptions } from "@laplas/core";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";

/** Pictures, from OpenAI's shape and the other one, on every published request shape and back. */

const NOON = Date.parse("2026-03-10T12:00:00.000Z");

async function setup(sandboxOptions: SandboxOptions = {}) {
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true }, ...sandboxOptions });
  onTestFinished(() => sandbox.close());
  const directory = mkdtempSync(join(tmpdir(), "laplas-images-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const open = (options: LaplasOptions = {}): Laplas => {
    const laplas = createLaplas({
      apiKey: "painter",
      baseURL: sandbox.baseURL,
      ledger: `sqlite:${join(directory, "ledger.sqlite")}`,
      maxRetries: 0,
      now: () => sandbox.clock.now(),
      ...options,
    });
    onTestFinished(() => laplas.close());
    return laplas;
  };
  return { sandbox, open, laplas: open() };
}

const draw = (more: Partial<ImageRequest> = {}): ImageRequest => ({ model: "flux/schnell", prompt: "A boat", ...more });
const bodies = (sandbox: Sandbox): Record<string, unknown>[] =>
  sandbox.requests.map(({ body }) => body as Record<string, unknown>);

async function rejection(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLaplasError(error)) throw new Error(`expected an error of ours, got ${String(error)}`);
  return error;
}

function expectNoRefusal(sandbox: Sandbox, probe = 0): void {
  expect(sandbox.requests.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe });
}

describe("the count", () => {
  it.each([
    ["n", { n: 3 }],
    ["num_images", { num_images: 3 }],
  ])("by %s becomes requests of one each, counted on from the seed, and one answer", async (field, count) => {
    const { sandbox, laplas } = await setup();
    const { data, laplas: report } = await laplas.image(draw({ ...count, seed: 41 }));
    expect(bodies(sandbox).map(({ num_images, seed, n }) => [num_images, seed, n])).toEqual([
      [1, 41, undefined],
      [1, 42, undefined],
      [1, 43, undefined],
    ]);
    expect(data.map(({ seed }) => seed)).toEqual([41, 42, 43]);
    expect(new Set(data.map(({ url }) => url)).size).toBe(3);
    expect(report).toMatchObject({ attempts: 3, apiTokens: 3 * 512 });
    expect(report.adjusted).toEqual([{ field, from: "3", to: `${field}=3_requests`, rule: "image_count" }]);
    expectNoRefusal(sandbox);
  });

  it("goes in one request where the tier says nothing of the model and the model makes several", async () => {
    const { sandbox, laplas } = await setup();
    await laplas.image(draw({ model: "imagen-3.0-generate-002", n: 4 }));
    await laplas.image(draw({ model: "dall-e-2", num_images: 2 }));
    await laplas.image(draw({ model: "dall-e-3", n: 2 }));
    expect(bodies(sandbox).map(({ n, num_images }) => n ?? num_images)).toEqual([4, 2, 1, 1]);
    expectNoRefusal(sandbox);
  });

  it("of a failure at the third leaves the two before it as completed, and charges them", async () => {
    const { sandbox, laplas } = await setup();
    sandbox.fault({ kind: "serverError" }, { when: () => sandbox.requests.length === 3 });
    const error = await rejection(laplas.image(draw({ n: 4 })));
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
    expect(error.completed).toHaveLength(2);
    expect(error.completed).toMatchObject([{ url: expect.any(String) }, { url: expect.any(String) }]);
    expect((await laplas.status()).windows[0]?.used).toBe(1024);
  });

  it("leaves what is sound as completed when a later answer makes no sense", async () => {
    const { sandbox, laplas } = await setup();
    sandbox.fault({ kind: "respond", status: 200, body: "{}" }, { when: () => sandbox.requests.length === 2 });
    const error = await rejection(laplas.image(draw({ n: 3 })));
    expect(error).toMatchObject({ code: "unexpected_response" });
    expect(error.completed).toHaveLength(1);
  });

  it("of a failure of a lone picture has nothing completed", async () => {
    const { sandbox, laplas } = await setup();
    sandbox.fault({ kind: "respond", status: 200, body: '{"images":[]}' });
    const error = await rejection(laplas.image(draw()));
    expect(error).toMatchObject({ code: "unexpected_response" });
    expect(error.completed).toBeUndefined();
  });

  it("is checked against the budget before the first: the error says how many are left", async () => {
    const { sandbox, laplas } = await setup();
    // 97 of 512 leave 336, on which one more is admitted.
    await laplas.image(draw({ n: 97 }));
    expect(await laplas.check(draw({ n: 1 }))).toMatchObject({ verdict: "pass" });
    const sent = sandbox.requests.length;
    const error = await rejection(laplas.image(draw({ n: 2 })));
    expect(error).toMatchObject({ code: "daily_quota", rule: "daily_api_tokens", retryable: false });
    expect(error.resetsAt?.toISOString()).toBe("2026-03-11T00:00:02.000Z");
    expect(error.message).toMatch(/2 images take about 1024 API tokens, and 336 of 50000 are left .* enough for 1\./);
    expect(sandbox.requests).toHaveLength(sent);
    await laplas.image(draw());
    expectNoRefusal(sandbox);
  });

  it("counted by the worst case is refused where the last would not fit", async () => {
    const { sandbox, open } = await setup();
    const laplas = open({ admission: "worst-case" });
    await laplas.image(draw({ n: 95 }));
    const error = await rejection(laplas.image(draw({ n: 3 })));
    expect(error.message).toMatch(/1360 of 50000 are left .* enough for 2\./);
    expect(error.completed).toBeUndefined();
    expect(sandbox.requests).toHaveLength(95);
  });
});

describe("the size", () => {
  const square = { width: 512, height: 512 };

  it.each<[string, Partial<ImageRequest>]>([
    ["no size", {}],
    ["the model's default", { size: "1024x1024" }],
    ["pixels", { image_size: { width: 1024, height: 768 } }],
    ["a preset", { image_size: "square_hd" }],
    ["a preset as size", { size: "landscape_16_9" }],
    ["what is allowed", { size: "512x512" }],
    ["what is allowed, by name", { image_size: "square" }],
    ["what is allowed, in pixels", { image_size: square }],
    ["nulls", { size: null, image_size: null }],
    ["OpenAI's newer default", { size: "auto" }],
  ])("of dall-e is 512x512, whether the caller gives %s", async (_, fields) => {
    const { sandbox, laplas } = await setup();
    for (const model of ["dall-e-2", "dall-e-3"]) await laplas.image(draw({ model, ...fields }));
    expect(bodies(sandbox).map(({ size }) => size)).toEqual(["512x512", "512x512"]);
    expectNoRefusal(sandbox);
  });

  it("of dall-e that is smaller is drawn if it is one of dall-e's, and else an error that lists them", async () => {
    const { sandbox, laplas } = await setup();
    await laplas.image(draw({ model: "dall-e-2", size: "256x256" }));
    const error = await rejection(laplas.image(draw({ model: "dall-e-2", size: "300x200" })));
    expect(error).toMatchObject({ code: "invalid_request", param: "size" });
    expect(error.message).toContain("512x512, 256x256");
    expectNoRefusal(sandbox);
  });

  it("that is too large is refused, presets too, where nothing may be adjusted", async () => {
    const { open } = await setup();
    const laplas = open({ onExcess: "refuse" });
    for (const fields of [{ size: "1024x1024" }, { image_size: "square_hd" }]) {
      const error = await rejection(laplas.image(draw({ model: "dall-e-3", ...fields })));
      expect(error).toMatchObject({ code: "image_size", param: Object.keys(fields)[0] });
    }
  });

  it.each<[Partial<ImageRequest>, object]>([
    [{ size: "512x768" }, { image_size: { width: 512, height: 768 } }],
    [{ size: "square" }, { image_size: "square" }],
    [{ image_size: "portrait_4_3" }, { image_size: "portrait_4_3" }],
    [{ image_size: { height: 512, width: 640 } }, { image_size: { width: 640, height: 512 } }],
  ])("of flux as %o", async (fields, expected) => {
    const { sandbox, laplas } = await setup();
    await laplas.image(draw(fields));
    expect(bodies(sandbox)[0]).toMatchObject(expected);
    expectNoRefusal(sandbox);
  });

  it("as a ratio, where the model has no other, and that is reported", async () => {
    const { sandbox, laplas } = await setup();
    const model = "flux-pro/v1.1-ultra";
    const { laplas: report } = await laplas.image(draw({ model, size: "2048x1536" }));
    expect(report.adjusted).toEqual([{ field: "size", from: "2048x1536", to: "aspect_ratio=4:3", rule: "dialect" }]);
    await laplas.image(draw({ model, image_size: "portrait_16_9" }));
    await laplas.image(draw({ model, image_size: { width: 2100, height: 900 } }));
    await laplas.image(draw({ model, aspect_ratio: "9:21" }));
    await laplas.image(draw({ model: "imagen-3.0-generate-002", aspect_ratio: "3:4" }));
    expect(bodies(sandbox).map(({ aspect_ratio: ratio }) => ratio)).toEqual(["4:3", "9:16", "21:9", "9:21", "3:4"]);
    expectNoRefusal(sandbox);
  });

  it.each<[Partial<ImageRequest>, string]>([
    [{ size: "huge" }, "size"],
    [{ size: "0x512" }, "size"],
    [{ size: "512*512" }, "size"],
    [{ image_size: "square_xl" }, "image_size"],
    [{ size: "500x500" }, "size"],
    [{ aspect_ratio: "16:9" }, "aspect_ratio"],
    [{ model: "dall-e-3", aspect_ratio: "16:9" }, "aspect_ratio"],
    [{ model: "dall-e-3", size: "large" }, "size"],
    [{ model: "flux-pro/v1.1-ultra", aspect_ratio: "5:4" }, "aspect_ratio"],
    [{ model: "flux-pro/v1.1-ultra", size: "1000x300" }, "size"],
    [{ model: "flux/dev/image-to-image", image_url: "https://a.example/b.png", size: "512x512" }, "size"],
  ])("%o is a clear error", async (fields, param) => {
    const { sandbox, laplas } = await setup();
    expect(await rejection(laplas.image(draw(fields)))).toMatchObject({ code: "invalid_request", param });
    expect(sandbox.requests).toEqual([]);
  });
});

describe("what else is asked for", () => {
  it.each<[string, Partial<ImageRequest>, string]>([
    ["a prompt that is too long", { prompt: "a".repeat(4001) }, "prompt"],
    ["imagen's prompt that is too long", { model: "imagen-3.0-generate-002", prompt: "a".repeat(401) }, "prompt"],
    ["no prompt", { prompt: "" }, "prompt"],
    ["image-to-image without a picture", { model: "flux/dev/image-to-image" }, "image_url"],
    ["image-to-image with what is no address", { model: "flux/dev/image-to-image", image_url: "cat" }, "image_url"],
    ["a field that dall-e does not have", { model: "dall-e-3", num_inference_steps: 4 }, "num_inference_steps"],
    ["a seed that is no number", { seed: "seven" }, "seed"],
    ["imagen's seed above its last", { model: "imagen-3.0-generate-002", seed: 4_294_967_296 }, "seed"],
    ["101 images", { n: 101 }, "n"],
  ])("%s is an error before anything is sent", async (_, fields, param) => {
    const { sandbox, laplas } = await setup();
    expect(await rejection(laplas.image(draw(fields)))).toMatchObject({ code: "invalid_request", param });
    expect(sandbox.requests).toEqual([]);
  });

  it("a seed below the first becomes it, one that dall-e has not is left out, and data is fetched: all reported", async () => {
    const { sandbox, laplas } = await setup();
    const reported = async (fields: Partial<ImageRequest>) => {
      const { laplas: report, data } = await laplas.image(draw(fields));
      return { adjusted: report.adjusted.map(({ to }) => to), data };
    };
    expect((await reported({ seed: 0 })).adjusted).toContain("seed=1");
    expect((await reported({ model: "dall-e-3", seed: 1 })).adjusted).toContain("seed=removed");
    const fetched = await reported({ response_format: "b64_json" });
    expect(fetched.adjusted).toContain("response_format=fetched");
    expect(
      Buffer.from(fetched.data[0]?.b64_json ?? "", "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expectNoRefusal(sandbox);
  });

  it("at the bounds passes", async () => {
    const { sandbox, laplas } = await setup();
    await laplas.image(draw({ prompt: "a".repeat(4000), seed: 1 }));
    await laplas.image(draw({ model: "imagen-3.0-generate-002", prompt: "a".repeat(400), seed: 0 }));
    await laplas.image(draw({ model: "imagen-3.0-generate-002", seed: 4_294_967_295 }));
    expectNoRefusal(sandbox);
  });

  it("a user is taken off and reported; an address asked for is what comes anyway", async () => {
    const { sandbox, laplas } = await setup();
    for (const model of ["dall-e-3", "flux/dev"]) {
      const { laplas: report, data } = await laplas.image(draw({ model, user: "u1", response_format: "url" }));
      expect(report.adjusted).toContainEqual({ field: "user", to: "user=removed", rule: "dialect" });
      expect(data[0]?.url).toMatch(/^http/);
    }
    for (const body of bodies(sandbox)) expect(body).not.toHaveProperty("user");
    expectNoRefusal(sandbox);
  });

  it.each(["dall-e-2", "imagen-3.0-generate-002"])("%s gives data or an address, as asked", async (model) => {
    const { sandbox, laplas } = await setup();
    const byData = await laplas.image(draw({ model, response_format: "b64_json" }));
    expect(byData.data[0]).toMatchObject({ b64_json: expect.stringMatching(/^iVBOR/) });
    const byAddress = await laplas.image(draw({ model, response_format: "url" }));
    expect(byAddress.data[0]).toMatchObject({ url: expect.stringMatching(/^http/) });
    expectNoRefusal(sandbox);
  });

  it("a picture to draw from is an input and no attachment", async () => {
    const { sandbox, laplas } = await setup();
    const { data } = await laplas.image(
      draw({ model: "flux/dev/image-to-image", image_url: "https://a.example/b.png", strength: 0.5 }),
    );
    expect(data[0]).toMatchObject({ width: 1024, height: 768 });
    expectNoRefusal(sandbox);
  });
});

describe("a seed above 2^53", () => {
  it("comes as text, to the last digit, and is taken back", async () => {
    const { sandbox, laplas } = await setup();
    const { seed } = await laplas.image(draw());
    expect(seed).toMatch(/^\d{16,20}$/);
    expect((await laplas.image(draw({ seed: seed as string, n: 2 }))).data).toHaveLength(2);
    expectNoRefusal(sandbox);
  });
});

describe("answers of every shape", () => {
  const models = ["flux/dev", "recraft-v3", "dall-e-3", "imagen-3.0-generate-002", "stable-diffusion-v35-large"];

  it.each([
    ["published", "usage"],
    ["published", "meta"],
    ["both", "usage"],
    ["both", "meta"],
  ] as const)("are one (%s, %s), and settle at what they cost", async (imageAnswers, usage) => {
    const { sandbox, laplas } = await setup({ imageAnswers, usage });
    for (const model of models) {
      const { created, data, images, laplas: report } = await laplas.image(draw({ model, n: 2 }));
      expect(created).toBe(NOON / 1000);
      expect(data).toHaveLength(2);
      expect(images).toBeUndefined();
      for (const { url = "", b64_json: text = "" } of data) expect(url + text, model).not.toBe("");
      expect(report.apiTokens, model).toBe(1024);
      if (imageAnswers === "both")
        expect(data[0]).toMatchObject({ content_type: "image/png", revised_prompt: "A boat" });
    }
    expect(sandbox.used()).toBe(models.length * 1024);
    expect((await laplas.status()).windows[0]?.used).toBe(models.length * 1024);
  });

  it("of two requests have the cost of both, for whoever keeps an account behind this one", async () => {
    const { laplas, open } = await setup({ usage: "meta" });
    const { meta } = await laplas.image(draw({ n: 2 }));
    expect(meta).toEqual({ usage: { tokens_used: 1024 } });
    const behind = createLaplas({
      apiKey: "inner",
      baseURL: "http://gateway.example/v1",
      ledger: "memory",
      tier: "paid",
      fetch: open().fetch,
    });
    onTestFinished(() => behind.close());
    const { laplas: report } = await behind.image(draw({ n: 2 }));
    expect(report).toMatchObject({ apiTokens: 1024, estimated: false });
  });
});

describe("prices that nobody published", () => {
  const dear = { imagePrices: ({ count }: { count: number }) => (count > 1 ? 100 : 6_300) };
  const nextDay = (sandbox: Sandbox): void => sandbox.clock.set(new Date("2026-03-11T00:00:03.000Z"));

  it("are learned by one probe for each model, size and count, and not asked for again that day", async () => {
    const { sandbox, open, laplas } = await setup(dear);
    const error = await rejection(laplas.image(draw({ n: 3 })));
    expect(error).toMatchObject({ code: "request_cost", rule: "request_cost", retryable: false });
    expect(error.completed).toBeUndefined();
    expectNoRefusal(sandbox, 1);

    // The same, however it is said: the default, its name, its pixels.
    for (const fields of [
      {},
      { n: 2 },
      { image_size: "landscape_4_3" },
      { size: "1024x768" },
      { image_size: { height: 768, width: 1024 } },
      { prompt: "Another boat", seed: 4 },
    ]) {
      const again = await rejection(laplas.image(draw(fields)));
      expect(again, JSON.stringify(fields)).toMatchObject({ code: "request_cost", param: "model" });
      expect(again.message).toContain("rule request_cost");
      expect(await laplas.check(draw(fields))).toMatchObject({ verdict: "refuse", error: { code: "request_cost" } });
    }
    expect(sandbox.requests).toHaveLength(1);

    await rejection(laplas.image(draw({ size: "512x512" })));
    await rejection(laplas.image(draw({ model: "flux/dev" })));
    await rejection(laplas.image(draw({ model: "flux-pro/v1.1-ultra" })));
    await rejection(laplas.image(draw({ model: "flux-pro/v1.1-ultra", aspect_ratio: "16:9" })));
    expectNoRefusal(sandbox, 4);

    // A second engine on the file, and one after a restart.
    const second = open();
    expect(await rejection(second.image(draw()))).toMatchObject({ code: "request_cost" });
    await laplas.close();
    await second.close();
    expect(await rejection(open().image(draw()))).toMatchObject({ code: "request_cost" });
    expect(sandbox.requests).toHaveLength(4);
  });

  it("are asked once by calls that wait for each other, in one process or two", async () => {
    const { sandbox, open, laplas } = await setup(dear);
    const other = open();
    const calls = [laplas, laplas, other, other].map((engine) => rejection(engine.image(draw())));
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "request_cost" });
    expect(sandbox.requests).toHaveLength(1);
    expectNoRefusal(sandbox, 1);
    expect((await laplas.status()).windows[0]?.used).toBe(0);
  });

  it("hold for one count only", async () => {
    const { sandbox, laplas } = await setup(dear);
    await rejection(laplas.image(draw({ model: "dall-e-2" })));
    expect((await laplas.image(draw({ model: "dall-e-2", n: 2 }))).data).toHaveLength(2);
    expectNoRefusal(sandbox, 1);
  });

  it("are forgotten the next day, and learned anew", async () => {
    const { sandbox, laplas } = await setup(dear);
    await rejection(laplas.image(draw()));
    nextDay(sandbox);
    await rejection(laplas.image(draw()));
    await rejection(laplas.image(draw()));
    expectNoRefusal(sandbox, 2);
    expect(sandbox.requests).toHaveLength(2);
  });

  it("block nothing else, and cost nothing", async () => {
    const { sandbox, laplas } = await setup(dear);
    await rejection(laplas.image(draw()));
    await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    expect((await laplas.status()).windows[0]?.used).toBe(16);
    expectNoRefusal(sandbox, 1);
  });

  it("bind nobody on a tier without such a rule", async () => {
    const { sandbox, open } = await setup(dear);
    const paid = open({ tier: "paid" });
    await rejection(paid.image(draw()));
    await rejection(paid.image(draw()));
    expect(sandbox.requests).toHaveLength(2);
  });
});

describe("a tier that makes fewer images instead of several requests", () => {
  it("makes as many as it says", async () => {
    const { sandbox, open } = await setup({ rules: { maxImages: null } });
    const evidence = { source: "this test", date: "2026-03-10", status: "assumed" } as const;
    const laplas = open({
      tier: {
        name: "few",
        title: "few images",
        rules: [{ id: "few", kind: "maxImages", limit: 2, onExcess: "adjust", evidence }],
      },
    });
    const { data, laplas: report } = await laplas.image(draw({ n: 3 }));
    expect(data).toHaveLength(2);
    expect(report.adjusted).toEqual([{ field: "n", from: "3", to: "n=2", rule: "few" }]);
    expect(bodies(sandbox).map(({ num_images }) => num_images)).toEqual([2]);
  });
});

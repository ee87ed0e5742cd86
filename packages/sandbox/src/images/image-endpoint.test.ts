import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, paidRules, type Sandbox, type SandboxOptions } from "../index.js";
import { post } from "../testing/client.js";
import { readPng } from "../testing/read-png.js";

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options?: SandboxOptions): Promise<Sandbox> {
  sandbox = await createSandbox(options);
  return sandbox;
}

const image = (body: object, apiKey = "key") =>
  post(sandbox, "/images/generations", { model: "flux/schnell", prompt: "a red house by the sea", ...body }, apiKey);
const noBudget: SandboxOptions = { rules: { dailyApiTokens: null } };

describe("an image answer", () => {
  it("of flux and stable diffusion has images with their size, and a seed beyond 2^53 as a number", async () => {
    await start(noBudget);
    for (const model of ["flux/schnell", "flux-pro", "stable-diffusion-v35-large"]) {
      const { status, json, text } = await image({ model, image_size: { width: 512, height: 512 } });
      expect(status).toBe(201);
      expect(json.images).toEqual([
        { url: expect.stringContaining(`${sandbox.url}/images/`), width: 512, height: 512, content_type: "image/png" },
      ]);
      const seed = BigInt(/"seed":(\d+)/.exec(text)?.[1] ?? 0);
      expect(seed > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
      expect(String(Number(seed)) === String(seed)).toBe(false);
    }
    expect((await image({ seed: 7 })).json.seed).toBe(7);
  });

  it("of recraft has no sizes, of dall-e and imagen OpenAI's data", async () => {
    await start(noBudget);
    expect(Object.keys((await image({ model: "recraft-v3" })).json.images[0])).toEqual(["url", "content_type"]);
    const dallE = await image({ model: "dall-e-3", size: "512x512" });
    expect(dallE.json).toEqual({
      created: expect.any(Number),
      data: [{ url: expect.stringMatching(/^http.*\.png$/), revised_prompt: "a red house by the sea" }],
    });
    const base64 = await image({ model: "dall-e-2", size: "256x256", response_format: "b64_json", n: 2 });
    const pictures = base64.json.data.map((entry: { b64_json: string }) =>
      readPng(Buffer.from(entry.b64_json, "base64")),
    );
    expect(pictures).toMatchObject([
      { width: 256, height: 256 },
      { width: 256, height: 256 },
    ]);
    expect(base64.json.data[0].b64_json).not.toBe(base64.json.data[1].b64_json);
    expect(Object.keys((await image({ model: "imagen-3.0-generate-002" })).json.data[0])).toContain("b64_json");
    const linked = await image({ model: "imagen-3.0-generate-002", convert_base64_to_url: true });
    expect(Object.keys(linked.json.data[0])).toContain("url");
  });

  it("can have both shapes, and meta", async () => {
    await start({ ...noBudget, imageAnswers: "both", usage: "meta" });
    const { json } = await image({});
    expect(Object.keys(json).sort()).toEqual([
      "created",
      "data",
      "has_nsfw_concepts",
      "images",
      "meta",
      "prompt",
      "seed",
    ]);
    expect(json.meta).toEqual({ usage: { tokens_used: 512 } });
    expect((await image({ model: "dall-e-2", size: "512x512" })).json).toMatchObject({ images: [{}], data: [{}] });
  });

  it("links to the picture that it describes, which needs no key and is no request", async () => {
    await start(noBudget);
    const { json } = await image({ image_size: "portrait_16_9" });
    const response = await fetch(json.images[0].url);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/png"]);
    const png = readPng(Buffer.from(await response.arrayBuffer()));
    expect([png.width, png.height]).toEqual([576, 1024]);
    expect(sandbox.counts().received).toBe(1);
    sandbox.reset();
    expect((await fetch(json.images[0].url)).status).toBe(404);
  });

  it("is the same for the same seed, another at every request without one, and as the first after a reset", async () => {
    await start(noBudget);
    const seeded = await image({ seed: 7 });
    expect((await image({ seed: 7 })).json).toEqual(seeded.json);
    const [first, second] = [await image({}), await image({})];
    expect(first.json.images[0].url).not.toBe(second.json.images[0].url);
    expect((await fetch(first.json.images[0].url)).status).toBe(200);
    sandbox.reset();
    expect((await image({})).text).toBe(first.text);
  });

  it("costs 512 API tokens per image", async () => {
    await start();
    await image({});
    expect(sandbox.used()).toBe(512);
    await image({ model: "dall-e-2", size: "512x512", n: 3 });
    expect(sandbox.used()).toBe(4 * 512);
  });

  it("takes the size of its reference", async () => {
    await start(noBudget);
    const first = await image({ image_size: { width: 320, height: 192 } });
    const body = { model: "flux/dev/image-to-image", image_url: first.json.images[0].url };
    expect((await image(body)).json.images).toMatchObject([{ width: 320, height: 192 }]);
    const file = Buffer.from(await (await fetch(first.json.images[0].url)).arrayBuffer()).toString("base64");
    const inline = await image({ ...body, image_url: `data:image/png;base64,${file}` });
    expect(inline.json.images).toMatchObject([{ width: 320, height: 192 }]);
    expect((await image({ ...body, image_url: "https://example.com/a.png" })).json.images).toMatchObject([
      { width: 1024 },
    ]);
  });
});

describe("what the image schemas refuse", () => {
  it.each([
    ["no prompt", { prompt: undefined }],
    ["an empty prompt", { prompt: "" }],
    ["a prompt of 4001 characters", { prompt: "x".repeat(4001) }],
    ["a prompt of 401 characters for imagen", { model: "imagen-3.0-generate-002", prompt: "x".repeat(401) }],
    ["an unknown key for dall-e", { model: "dall-e-3", size: "512x512", user: "me" }],
    ["num_images for dall-e", { model: "dall-e-3", size: "512x512", num_images: 1 }],
    ["a size that dall-e does not have", { model: "dall-e-3", size: "500x500" }],
    ["five images", { num_images: 5 }],
    ["no image at all", { num_images: 0 }],
    ["a side above the bound", { image_size: { width: 1568, height: 512 } }],
    ["a side below the bound", { model: "flux/dev", image_size: { width: 480, height: 512 } }],
    ["a side above flux-pro's bound", { model: "flux-pro", image_size: { width: 1472, height: 512 } }],
    ["a side that is no multiple of 32", { model: "flux-pro", image_size: { width: 500, height: 512 } }],
    ["an unknown preset", { image_size: "wide" }],
    ["an OpenAI size as image_size", { image_size: "512x512" }],
    ["an unknown ratio", { model: "flux-pro/v1.1-ultra", aspect_ratio: "5:4" }],
    ["two images of recraft", { model: "recraft-v3", num_images: 2 }],
    ["thirteen steps of schnell", { num_inference_steps: 13 }],
    ["image-to-image without a reference", { model: "flux/dev/image-to-image" }],
    ["gif", { model: "flux-pro", output_format: "gif" }],
    ["a seed of 0", { seed: 0 }],
    ["OpenAI's count for flux", { n: 2 }],
    ["OpenAI's size for flux", { size: "512x512" }],
    [
      "OpenAI's response_format for stable diffusion",
      { model: "stable-diffusion-v35-large", response_format: "b64_json" },
    ],
    ["a ratio for a model with sizes", { aspect_ratio: "1:1" }],
    ["a size for a model with ratios", { model: "flux-pro/v1.1-ultra", image_size: "square" }],
    ["a reference for a model that takes none", { model: "flux/dev", image_url: "https://example.com/a.png" }],
    ["what flux shall not draw", { negative_prompt: "fog" }],
    ["a seed of recraft", { model: "recraft-v3", seed: 1 }],
    ["a style that recraft does not have", { model: "recraft-v3", style: "vivid" }],
    ["quality auto for dall-e", { model: "dall-e-3", size: "512x512", quality: "auto" }],
    ["size auto for dall-e", { model: "dall-e-3", size: "auto" }],
    ["output_format for dall-e", { model: "dall-e-3", size: "512x512", output_format: "png" }],
  ])("%s", async (_, body) => {
    await start({ rules: paidRules });
    const { status, json } = await image(body);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it("more than one image of dall-e-3, as OpenAI does", async () => {
    await start({ rules: paidRules });
    const { status, json } = await image({ model: "dall-e-3", n: 2 });
    expect([status, json.message]).toEqual([400, expect.stringContaining("Invalid 'n'")]);
  });

  it("accept what lies on the bounds", async () => {
    await start({ rules: paidRules });
    const bodies = [
      { prompt: "x".repeat(4000) },
      { model: "imagen-3.0-generate-002", prompt: "x".repeat(400), num_images: 4, convert_base64_to_url: true },
      { image_size: { width: 64, height: 1536 }, num_images: 4, num_inference_steps: 12 },
      { model: "flux-pro/v1.1", image_size: { width: 256, height: 1440 }, seed: 2 ** 63 },
      { model: "flux-realism", image_size: { width: 512, height: 1536 } },
      { model: "stable-diffusion-v3-medium", image_size: { width: 333, height: 777 }, negative_prompt: "fog" },
      { model: "flux-pro/v1.1-ultra", aspect_ratio: "21:9" },
      { user: "me", quality: "high", background: "opaque", moderation: "low", style: "vivid" },
      { model: "imagen-3.0-generate-002", seed: 0 },
      { model: "recraft-v3", style: "vector_illustration/line_art" },
      { model: "dall-e-2", n: 10, size: "1792x1024", quality: "hd", style: "vivid" },
      { model: "recraft-v3", style: "digital_illustration", colors: [{ r: 1, g: 2, b: 3 }] },
    ];
    for (const body of bodies) expect([body, (await image(body)).status]).toEqual([body, 201]);
    expect((await image({ model: "gpt-4o" })).status).toBe(404);
  });
});

const listed = [
  "flux/schnell",
  "flux-pro",
  "flux-pro/v1.1",
  "flux-pro/v1.1-ultra",
  "flux/dev",
  "flux/dev/image-to-image",
  "flux-realism",
  "stable-diffusion-v3-medium",
  "stable-diffusion-v35-large",
];

describe("what the tier refuses", () => {
  it("a second image of every model that the tier gives one", async () => {
    await start(noBudget);
    for (const model of listed) {
      const reference = model.endsWith("image-to-image") ? { image_url: "https://example.com/a.png" } : {};
      expect.soft((await image({ model, ...reference, num_images: 1 })).status, model).toBe(201);
      const { status, json } = await image({ model, ...reference, num_images: 2 });
      const message = expect.stringContaining(`only 1 image can be generated at a time with ${model}`);
      expect.soft([status, json.message], model).toEqual([400, message]);
      expect.soft(sandbox.requests.at(-1), model).toMatchObject({ outcome: "refused", reason: "image_count" });
    }
  });

  it("dall-e images above 512x512, and those without a size", async () => {
    await start(noBudget);
    for (const model of ["dall-e-2", "dall-e-3"]) {
      for (const body of [{}, { size: "1024x1024" }, { size: "1024x1792" }, { size: null }]) {
        const { status, json } = await image({ model, ...body });
        expect([status, json.message]).toEqual([400, expect.stringContaining("limited to 512x512")]);
      }
      expect((await image({ model, size: "512x512" })).status).toBe(201);
      expect((await image({ model, size: "256x256", n: 1 })).status).toBe(201);
    }
    expect((await image({ model: "dall-e-2", size: "256x256", n: 2 })).status).toBe(201);
    expect(sandbox.requests[0]).toMatchObject({ outcome: "refused", reason: "image_size" });
  });

  it("nothing of this of imagen, or of a paying key", async () => {
    await start(noBudget);
    const four = { num_images: 4, convert_base64_to_url: true };
    expect((await image({ model: "imagen-3.0-generate-002", ...four })).status).toBe(201);
    await sandbox.close();
    await start({ rules: paidRules, imagePrices: () => 37_800 });
    expect((await image({ num_images: 4 })).status).toBe(201);
    expect((await image({ model: "dall-e-3" })).status).toBe(201);
    expect(sandbox.used()).toBe(5 * 37_800);
  });
});

describe("an image that needs too much", () => {
  const noon = Date.UTC(2025, 3, 16, 12);
  const hour = 3_600_000;
  const dear: SandboxOptions = {
    rules: { dailyApiTokens: null, resetHourUtc: 14 },
    clock: { start: noon, frozen: true },
    imagePrices: ({ model, size }) => (model === "dall-e-2" ? 512 : size === "1024x768" ? 513 : undefined),
  };
  const outcomes = () => sandbox.requests.map((request) => request.outcome);

  it("is refused above 512 API tokens, not at 512", async () => {
    await start(dear);
    expect((await image({ model: "dall-e-2", size: "512x512" })).status).toBe(201);
    const { status, json } = await image({});
    expect([status, json.message]).toEqual([
      403,
      expect.stringContaining("needs 513 API tokens per image, at most 512"),
    ]);
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: "probe", reason: "image_cost" });
    expect(sandbox.used()).toBe(512);
  });

  it("is a probe once a day for each model, size and count, refused after that", async () => {
    await start({ ...dear, rules: { ...dear.rules, maxImages: null } });
    await image({});
    await image({});
    await image({ num_images: 2 });
    await image({ model: "flux/dev" });
    await image({ model: "flux/dev" });
    await image({ image_size: "square" });
    expect(outcomes()).toEqual(["probe", "refused", "probe", "probe", "refused", "answered"]);
    expect(sandbox.counts()).toMatchObject({ probe: 3, refused: 2 });
  });

  it("is a probe again after the reset, and after midnight UTC for those who do not know the reset", async () => {
    await start(dear);
    await image({});
    sandbox.clock.advance(2 * hour);
    await image({});
    await image({});
    sandbox.clock.set(Date.UTC(2025, 3, 17));
    await image({});
    await image({});
    expect(outcomes()).toEqual(["probe", "probe", "refused", "probe", "refused"]);
  });

  it("is remembered for each key, and meets a spent budget first", async () => {
    await start({ ...dear, rules: { dailyApiTokens: 512 } });
    await image({});
    await image({}, "other");
    await image({ image_size: "square" });
    const spent = await image({});
    expect(spent.json.message).toContain("[plan.rule:api_token]");
    expect(outcomes()).toEqual(["probe", "probe", "answered", "refused"]);
  });
});

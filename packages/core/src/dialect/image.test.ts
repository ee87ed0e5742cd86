import { describe, expect, it, test } from "vitest";
import type { ImageModel } from "../catalog/model.js";
import { createTestEngine } from "../testing/engine.js";
import { modelOf, read } from "../testing/requests.js";
import { serve } from "../testing/server.js";
import type { CallLimits } from "../tier/decision.js";
import { adaptImage, mergeImages } from "./image.js";
import type { CostOf } from "./sum-meta.js";

const costOf: CostOf = ({ meta }) => (meta as { usage: { credits_used: number } }).usage.credits_used;

function adapt(fields: object, limits: CallLimits = {}) {
  const request = read("image", { ...fields });
  const size = request.images?.size;
  const asked = { imagesPerRequest: request.images?.count ?? 1, ...(size === undefined ? {} : { imageSize: size }) };
  return adaptImage(request, modelOf(request.model) as ImageModel | undefined, { ...asked, ...limits });
}

describe("an image request", () => {
  test.each<[object, number[]]>([
    [{ n: 1 }, [1]],
    [{ n: 4 }, [4]],
    [{ n: 5 }, [4, 1]],
    [{ num_images: 9 }, [4, 4, 1]],
  ])("%o on a tier without a bound is cut where the model ends: %o", (fields, counts) => {
    const { bodies, adjustments } = adapt(fields);
    expect(bodies.map(({ num_images: images }) => images)).toEqual(counts);
    expect(adjustments.map(({ rule }) => rule)).toEqual(counts.length > 1 ? ["dialect"] : []);
  });

  it("is cut by the stricter of tier and model", () => {
    const counts = (limit: number) =>
      adapt({ model: "dall-e-2", n: 12 }, { imagesPerRequest: limit }).bodies.map(({ n }) => n);
    expect(counts(5)).toEqual([5, 5, 2]);
    expect(counts(11)).toEqual([10, 2]);
  });

  it("of fewer images than asked for", () => {
    expect(adapt({ n: 9 }, { imageCount: 3, imagesPerRequest: 3 }).bodies).toMatchObject([{ num_images: 3 }]);
  });

  it("of an unknown model keeps what it does not know, the count's name and no nulls", () => {
    const fields = { model: "my/painter", n: 3, size: "777x1", user: "u", mood: "blue", style: null, seed: 5 };
    expect(adapt(fields, { imagesPerRequest: 2 })).toEqual({
      bodies: [
        { model: "my/painter", prompt: "A boat", n: 2, size: "777x1", user: "u", mood: "blue", seed: 5 },
        { model: "my/painter", prompt: "A boat", n: 1, size: "777x1", user: "u", mood: "blue", seed: 6 },
      ],
      adjustments: [],
    });
  });

  it("keeps fields that an open root may know", () => {
    expect(adapt({ guidance_scale: 3, mood: "blue" }).bodies[0]).toMatchObject({ guidance_scale: 3, mood: "blue" });
  });
});

describe("fields inside extra_body, where LiteLLM puts them", () => {
  it("are read as if they stood beside the others", () => {
    const { bodies } = adapt({ extra_body: { seed: 7, image_size: { width: 256, height: 256 } } });
    expect(bodies).toEqual([expect.objectContaining({ seed: 7, image_size: { width: 256, height: 256 } })]);
    expect(bodies[0]).not.toHaveProperty("extra_body");
  });

  test.each([null, 7, "seed", []])("are left out where it is %o", (extra) => {
    expect(adapt({ extra_body: extra }).bodies[0]).not.toHaveProperty("extra_body");
  });
});

describe("a seed on the wire", () => {
  test.each([
    ["18446744073709551614", ["18446744073709551614", "18446744073709551615"]],
    ["9007199254740993", ["9007199254740993", "9007199254740994"]],
    [9_007_199_254_740_991, ["9007199254740991", "9007199254740992"]],
    [7, ["7", "8"]],
  ])("%s is a number to its last digit, and so is the answer's a text", async (seed, expected) => {
    const seen: string[] = [];
    const url = await serve((_, response, body) => {
      const [, text = ""] = /"seed":([^,}]+)/.exec(body) ?? [];
      seen.push(text);
      response.end(`{"images":[{"url":"http://a.example/1.png"}],"seed":${text}}`);
    });
    const { laplas } = createTestEngine(url);
    const { data } = await laplas.image({ model: "flux/schnell", prompt: "A boat", n: 2, seed });
    expect(seen).toEqual(expected);
    expect(data.map((image) => String(image.seed))).toEqual(expected);
  });
});

describe("answers", () => {
  const url = "http://a.example/1.png";

  test.each<[string, object, object[]]>([
    ["flux", { images: [{ url, width: 1, height: 2, content_type: "image/png" }], seed: 5 }, [{ url, width: 1 }]],
    ["recraft", { images: [{ url, content_type: "image/png" }] }, [{ url }]],
    ["dall-e", { created: 9, data: [{ b64_json: "AA", revised_prompt: "x" }] }, [{ b64_json: "AA" }]],
    ["bare addresses", { images: [url] }, [{ url }]],
    [
      "both lists",
      { data: [{ url, revised_prompt: "x" }], images: [{ url, width: 1 }] },
      [{ revised_prompt: "x", width: 1 }],
    ],
    ["one of two lists empty", { data: [], images: [{ url }] }, [{ url }]],
    ["lists of different length", { data: [{ url }], images: [{ width: 1 }, { width: 2 }] }, [{ url }]],
  ])("of %s", (_, answer, data) => {
    const merged = mergeImages([{ ...answer }], 7, costOf);
    expect(merged.data).toMatchObject(data);
    expect(merged.created).toBe("created" in answer ? 9 : 7);
    expect(merged).not.toHaveProperty("images");
  });

  it("of several requests keep each picture's seed and sum what they cost", () => {
    const one = { images: [{ url }], seed: "1", usage: { total_tokens: 5 } };
    expect(mergeImages([one, { ...one, seed: "2" }], 7, costOf)).toEqual({
      created: 7,
      data: [
        { seed: "1", url },
        { seed: "2", url },
      ],
      usage: { total_tokens: 10 },
    });
    const later = { images: [{ url }], meta: { usage: { credits_used: 3 } } };
    expect(mergeImages([later, later], 7, costOf)).toMatchObject({ meta: { usage: { tokens_used: 6 } } });
  });

  test.each([
    ["no list", {}],
    ["an empty list", { images: [] }],
    ["null", { data: null }],
    ["a picture without address or data", { data: [{ revised_prompt: "x" }] }],
    ["null for a picture", { images: [null] }],
  ])("with %s make no sense", (_, answer) => {
    expect(() => mergeImages([answer], 7, costOf)).toThrow(expect.objectContaining({ code: "unexpected_response" }));
  });
});

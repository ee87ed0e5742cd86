import { describe, expect, it, test } from "vitest";
import type { ImageModel } from "../catalog/model.js";
import { imageModels } from "../providers/laplas/image-models.js";
import { modelOf, read } from "../testing/requests.js";
import { adaptImage } from "./image.js";

/** What becomes of fields: those sent, and the adjustments with a `!` where they can change the picture. */
function adapt(model: string, fields: object) {
  const request = read("image", { model, ...fields });
  const { bodies, adjustments } = adaptImage(request, modelOf(model) as ImageModel | undefined, {
    imagesPerRequest: 1,
  });
  const { model: _, prompt: __, n: ___, num_images: ____, ...sent } = bodies[0] ?? {};
  return { sent, changes: adjustments.map(({ to, changesAnswer }) => `${to}${changesAnswer === true ? "!" : ""}`) };
}

describe("a field of OpenAI's images", () => {
  test.each<[string, object, object, string[]]>([
    [
      "flux-pro",
      { user: "u", metadata: { a: "b" }, safety_identifier: "s" },
      {},
      ["user=removed", "metadata=removed", "safety_identifier=removed"],
    ],
    [
      "flux-pro",
      { quality: "auto", background: "auto", moderation: "auto" },
      {},
      ["quality=removed", "background=removed", "moderation=removed"],
    ],
    [
      "flux-pro",
      { quality: "high", background: "transparent", moderation: "low" },
      {},
      ["quality=removed!", "background=removed!", "moderation=removed!"],
    ],
    ["flux-pro", { background: "opaque" }, {}, ["background=removed"]],
    ["flux-pro", { output_format: "png" }, { output_format: "png" }, []],
    ["flux-pro", { output_format: "webp" }, { output_format: "png" }, ["output_format=png!"]],
    ["flux-pro", { output_format: "constructor" }, {}, ["output_format=removed!"]],
    ["flux-pro", { output_compression: 80 }, {}, ["output_compression=removed!"]],
    ["flux/schnell", { output_format: "png" }, {}, ["output_format=removed!"]],
    ["flux-pro", { style: "vivid" }, {}, ["style=removed!"]],
    ["flux-pro", { stream: true, partial_images: 2 }, {}, ["stream=removed!", "partial_images=removed!"]],
    ["flux-pro", { stream: false, partial_images: 0 }, {}, ["stream=removed", "partial_images=removed"]],
    ["flux-pro", { size: "auto" }, {}, ["size=removed"]],
    ["flux-pro", { image_size: "auto" }, {}, ["image_size=removed"]],
    [
      "flux/dev/image-to-image",
      { size: "auto", image_url: "https://a.test/a.png" },
      { image_url: "https://a.test/a.png" },
      ["size=removed"],
    ],
    ["recraft-v3", { style: "natural" }, {}, ["style=removed!"]],
    ["recraft-v3", { style: "digital_illustration" }, { style: "digital_illustration" }, []],
    ["dall-e-3", { quality: "auto" }, {}, ["quality=removed"]],
    ["dall-e-3", { quality: "hd", style: "vivid" }, { quality: "hd", style: "vivid" }, []],
    ["dall-e-3", { quality: "high" }, { quality: "hd" }, ["quality=hd!"]],
    ["dall-e-3", { quality: "medium" }, { quality: "standard" }, ["quality=standard!"]],
    ["dall-e-3", { style: "cubist" }, {}, ["style=removed!"]],
    [
      "dall-e-3",
      { output_format: "png", background: "opaque", seed: 5 },
      {},
      ["output_format=removed!", "background=removed", "seed=removed!"],
    ],
    [
      "my/painter",
      { stream: true, partial_images: 1, quality: "high" },
      { quality: "high" },
      ["stream=removed!", "partial_images=removed!"],
    ],
    ["my/painter", { stream: false }, {}, ["stream=removed"]],
  ])("%s, %o: sends %o, reports %o", (model, fields, sent, changes) => {
    expect(adapt(model, fields)).toEqual({ sent, changes });
  });

  it("is never refused, by any model", () => {
    const fields = {
      user: "u",
      quality: "high",
      output_format: "webp",
      background: "transparent",
      style: "vivid",
      size: "auto",
    };
    for (const { id, image } of imageModels) {
      const reference = image.referenceImage === "required" ? { image_url: "https://a.test/a.png" } : {};
      expect(() => adapt(id, { ...fields, ...reference }), id).not.toThrow();
    }
  });
});

describe("a seed of 0", () => {
  test.each<[string, unknown, object, string[]]>([
    ["flux-pro", 0, { seed: 1 }, ["seed=1!"]],
    ["flux-pro", "0", { seed: 1 }, ["seed=1!"]],
    ["imagen-3.0-generate-002", 0, { seed: 0 }, []],
    ["flux-pro", 1, { seed: 1 }, []],
  ])("is the least that %s takes: %o", (model, seed, sent, changes) => {
    expect(adapt(model, { seed })).toEqual({ sent, changes });
  });

  it("is the only one that is changed", () => {
    expect(() => adapt("flux-pro", { seed: -1 })).toThrow(/"seed" is -1/);
  });
});

describe("response_format", () => {
  test.each<[string, string, object, string[]]>([
    ["flux-pro", "url", {}, []],
    ["flux-pro", "b64_json", {}, ["response_format=fetched"]],
    ["recraft-v3", "b64_json", {}, ["response_format=fetched"]],
    ["imagen-3.0-generate-002", "b64_json", { convert_base64_to_url: false }, []],
    ["imagen-3.0-generate-002", "url", { convert_base64_to_url: true }, []],
    ["dall-e-2", "b64_json", { response_format: "b64_json" }, []],
    ["my/painter", "b64_json", { response_format: "b64_json" }, []],
  ])("%s, %s: sends %o, reports %o", (model, format, sent, changes) => {
    expect(adapt(model, { response_format: format })).toEqual({ sent, changes });
  });

  test.each(["flux-pro", "dall-e-2", "imagen-3.0-generate-002"])("of a third kind is refused for %s", (model) => {
    expect(() => adapt(model, { response_format: "b64" })).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        param: "response_format",
        message: expect.stringContaining('"url" or "b64_json"'),
      }),
    );
  });
});

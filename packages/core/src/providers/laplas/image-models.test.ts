import { describe, expect, test } from "vitest";
import type { ImageModel, ImageShape } from "../../catalog/model.js";
import { imageModels } from "./image-models.js";

function shape(id: string): ImageShape {
  const model = imageModels.find((candidate) => candidate.id === id);
  if (!model) throw new Error(`${id} is no image model`);
  return model.image;
}

const ids = (wanted: (image: ImageShape) => boolean) =>
  imageModels.filter((model: ImageModel) => wanted(model.image)).map(({ id }) => id);

describe("size", () => {
  test("goes under the documented key", () => {
    expect(ids(({ sizeParameter }) => sizeParameter === "size")).toEqual(["dall-e-2", "dall-e-3"]);
    expect(ids(({ sizeParameter }) => sizeParameter === "aspect_ratio")).toEqual([
      "flux-pro/v1.1-ultra",
      "imagen-3.0-generate-002",
    ]);
    expect(ids(({ sizeParameter }) => sizeParameter === "none")).toEqual(["flux/dev/image-to-image"]);
    expect(ids(({ sizeParameter }) => sizeParameter === "image_size")).toHaveLength(8);
  });

  test.each([
    ["flux-pro", 256, 1440],
    ["flux-pro/v1.1", 256, 1440],
    ["flux-realism", 512, 1536],
    ["flux/dev", 512, 1536],
    ["flux/schnell", 64, 1536],
    ["stable-diffusion-v3-medium", 64, 1536],
    ["stable-diffusion-v35-large", 64, 1536],
  ])("sides of %s are %i to %i pixels, in steps of 32", (id, min, max) => {
    expect(shape(id).sidePixels).toEqual({ min, max, multipleOf: 32 });
  });

  test("recraft publishes no bounds", () => {
    expect(shape("recraft-v3")).toMatchObject({ sizeParameter: "image_size", defaultSize: "square_hd" });
    expect(shape("recraft-v3").sidePixels).toBeUndefined();
  });

  test("a default is one of the sizes accepted by name", () => {
    for (const { id, image } of imageModels) {
      if (image.sizeParameter === "none") expect(image.sizes, id).toBeUndefined();
      else expect(image.sizes, id).toContain(image.defaultSize);
    }
    expect(shape("flux/dev").defaultSize).toBe("landscape_4_3");
    expect(shape("stable-diffusion-v35-large").defaultSize).toBe("square_hd");
    expect(shape("dall-e-3").defaultSize).toBe("1024x1024");
  });
});

describe("count, prompt and other keys", () => {
  test("dall-e counts with n and is strict, the others with num_images and are not", () => {
    const dalle = ["dall-e-2", "dall-e-3"];
    expect(ids(({ countParameter }) => countParameter === "n")).toEqual(dalle);
    expect(ids(({ strictRoot }) => strictRoot === true)).toEqual(dalle);
    for (const id of dalle) expect(shape(id).parameters).toEqual(["quality", "response_format", "style"]);
  });

  test("a request makes four images at most, recraft's and dall-e-3's one", () => {
    expect(ids(({ maxCount }) => maxCount === 1)).toEqual(["recraft-v3", "dall-e-3"]);
    expect(ids(({ maxCount }) => maxCount === 4)).toHaveLength(10);
    expect(shape("dall-e-2").maxCount).toBe(10);
  });

  test("only image-to-image draws from a picture", () => {
    expect(ids(({ referenceImage }) => referenceImage === "required")).toEqual(["flux/dev/image-to-image"]);
  });

  test("a prompt has 4000 characters at most, imagen's 400", () => {
    expect(ids(({ maxPromptCharacters }) => maxPromptCharacters !== 4000)).toEqual(["imagen-3.0-generate-002"]);
    expect(shape("imagen-3.0-generate-002").maxPromptCharacters).toBe(400);
  });

  test("no key is named twice or has a place of its own", () => {
    for (const { id, image } of imageModels) {
      expect(new Set(image.parameters).size, id).toBe(image.parameters.length);
      for (const key of ["model", "prompt", "n", "num_images", "size", "image_size", "aspect_ratio", "image_url"]) {
        expect(image.parameters, id).not.toContain(key);
      }
    }
  });
});

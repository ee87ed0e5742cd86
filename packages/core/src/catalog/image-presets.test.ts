import { describe, expect, test } from "vitest";
import { imageModels } from "../providers/laplas/image-models.js";
import { imagePresets, isImagePreset } from "./image-presets.js";

describe("presets", () => {
  test("have the shape their name says, in steps of 32", () => {
    const ratios = {
      square_hd: 1,
      square: 1,
      portrait_4_3: 3 / 4,
      portrait_16_9: 9 / 16,
      landscape_4_3: 4 / 3,
      landscape_16_9: 16 / 9,
    };
    for (const [name, ratio] of Object.entries(ratios)) {
      if (!isImagePreset(name)) throw new Error(`${name} is no preset`);
      const { width, height } = imagePresets[name];
      expect(width / height).toBe(ratio);
      expect([width % 32, height % 32]).toEqual([0, 0]);
    }
    expect(Object.keys(imagePresets)).toEqual(Object.keys(ratios));
    expect(imagePresets.square).toEqual({ width: 512, height: 512 });
  });

  test("are within the bounds of every model that takes them", () => {
    for (const { id, image } of imageModels) {
      for (const size of image.sizes?.filter(isImagePreset) ?? []) {
        const { width, height } = imagePresets[size];
        const { min, max } = image.sidePixels ?? { min: 1, max: 1536 };
        expect(Math.min(width, height), id).toBeGreaterThanOrEqual(min);
        expect(Math.max(width, height), id).toBeLessThanOrEqual(max);
      }
    }
  });

  test.each(["512x512", "Square", "constructor", "__proto__", ""])("%j is none", (name) => {
    expect(isImagePreset(name)).toBe(false);
  });
});

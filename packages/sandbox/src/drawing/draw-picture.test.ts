import { describe, expect, it } from "vitest";
import { readPng } from "../testing/read-png.js";
import { drawPicture } from "./draw-picture.js";
import { readScene } from "./read-scene.js";

const draw = (prompt: string, width = 128, height = 128, seed = "0") => drawPicture({ prompt, width, height, seed });

describe("a drawn picture", () => {
  it.each([
    [256, 256],
    [512, 288],
    [96, 160],
    [1, 1],
  ])("is a valid PNG of %d x %d", (width, height) => {
    const png = readPng(draw("a house by the sea", width, height));
    expect([png.width, png.height, png.bitDepth, png.colorType]).toEqual([width, height, 8, 2]);
    expect(png.chunks).toEqual(["IHDR", "IDAT", "IEND"]);
    expect(new Set(png.filters)).toEqual(new Set([2]));
  });

  it("has the same bytes every time, and others for another prompt or seed", () => {
    expect(draw("a cat").equals(draw("a cat"))).toBe(true);
    expect(draw("a cat").equals(draw("a dog"))).toBe(false);
    expect(draw("mountains").equals(draw("mountains", 128, 128, "1"))).toBe(false);
    expect(draw("an idea").equals(draw("another idea"))).toBe(false);
  });

  it("has the color that the prompt gives to its thing", () => {
    const middle = (prompt: string) => readPng(draw(prompt)).at(64, 70);
    const [red = 0, , blue = 0] = middle("a red heart");
    expect(red - blue).toBeGreaterThan(80);
    const [otherRed = 0, , otherBlue = 0] = middle("a blue heart");
    expect(otherBlue - otherRed).toBeGreaterThan(60);
  });

  it("is dark at night and bright by day", () => {
    const light = (prompt: string) =>
      (readPng(draw(prompt)).at(3, 3)[2] ?? 0) + (readPng(draw(prompt)).at(3, 3)[1] ?? 0);
    expect(light("hills at night")).toBeLessThan(light("hills"));
  });

  it.each([
    [
      "in all sizes of things",
      "a cat, a dog, two fish, a heart, a flower, a robot, a rocket, a planet, a cup and a star",
    ],
    [
      "in a crowded landscape",
      "a house, a tree, a pine, a palm, a lighthouse, a boat, a balloon and seven birds in a snowy city",
    ],
    ["without words", "…"],
    ["with words that objects have", "constructor toString __proto__ hasOwnProperty"],
  ])("can be drawn %s", (_, prompt) => {
    expect(readPng(draw(prompt)).width).toBe(128);
  });
});

describe("what is read from a prompt", () => {
  it("are things with their number and color, ground, sky and hour", () => {
    const scene = readScene("Three red balloons over snowy mountains at sunset, purple clouds");
    expect(scene).toMatchObject({ time: "sunset", ground: "mountain", things: [{ kind: "balloon", count: 3 }] });
    expect([...(scene?.sky ?? [])].sort()).toEqual(["cloud", "snow"]);
    expect(scene?.things[0]?.color).toBeDefined();
    expect(scene?.colors).toHaveLength(1);
  });

  it("knows pine trees from trees, one star from stars", () => {
    expect(readScene("two pine trees")?.things).toMatchObject([{ kind: "pine" }]);
    expect(readScene("a star")?.things).toMatchObject([{ kind: "star", count: 1 }]);
    expect(readScene("a sky full of stars")).toMatchObject({ time: "night", things: [] });
  });

  it("is nothing where nothing can be drawn", () => {
    expect(readScene("the meaning of life")).toBeUndefined();
  });
});

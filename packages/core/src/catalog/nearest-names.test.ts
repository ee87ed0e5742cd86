import { describe, expect, test } from "vitest";
import { nearestNames } from "./nearest-names.js";

const candidates = ["gpt-4o", "gpt-4o-mini", "o1-mini", "x-ai/grok-3-beta", "deepseek/deepseek-chat", "qwen-max"];

describe("nearestNames", () => {
  test.each([
    ["gpt4o", "gpt-4o"],
    ["GPT-4o-Mini", "gpt-4o-mini"],
    ["gpt-4o-mni", "gpt-4o-mini"],
    ["gpt-o4-mini", "gpt-4o-mini"],
    ["grok-3-beta", "x-ai/grok-3-beta"],
    ["xai/grok-3-beta", "x-ai/grok-3-beta"],
    ["deepseek-chta", "deepseek/deepseek-chat"],
    ["deepseek", "deepseek/deepseek-chat"],
    ["o3-mini", "o1-mini"],
    ["qwen-max-latest", "qwen-max"],
  ])("takes %s for %s", (name, meant) => {
    expect(nearestNames(name, candidates)[0]).toBe(meant);
  });

  test.each(["", "///", "llama", "my-own-model", "x", "👋"])("finds nothing near %j", (name) => {
    expect(nearestNames(name, candidates)).toEqual([]);
  });

  test("counts a swap of neighbours as one edit", () => {
    expect(nearestNames("ab12", ["ba12"])).toEqual(["ba12"]);
    expect(nearestNames("abcd", ["badc"])).toEqual([]);
  });

  test("a shared beginning ranks behind one edit, before two", () => {
    expect(nearestNames("gemini", ["o1-mini", "gemini-1.5-pro"])).toEqual(["gemini-1.5-pro", "o1-mini"]);
    expect(nearestNames("gpt-4.1-nanp", ["gpt-4", "gpt-4.1-nano"])[0]).toBe("gpt-4.1-nano");
  });

  test("tolerates up to a third in edits, four at most", () => {
    expect(nearestNames("abcdef", ["abcdxy"])).toEqual(["abcdxy"]);
    expect(nearestNames("abcdef", ["abcxyz"])).toEqual([]);
    expect(nearestNames("abcdefghijklmnopqr", ["abcdefghijklmn1234"])).toHaveLength(1);
    expect(nearestNames("abcdefghijklmnopqr", ["abcdefghijklm12345"])).toEqual([]);
  });

  test("keeps to the limit, nearest first", () => {
    expect(nearestNames("model-1x", ["model-1abc", "model-1a", "model-1x"], 2)).toEqual(["model-1x", "model-1a"]);
  });

  test("a name of ten megabytes is looked at no further than a name can be long", () => {
    const long = "gpt-4o-mini".repeat(1_000_000);
    expect(nearestNames(long, candidates)).toEqual(nearestNames(long.slice(0, 1_000), candidates));
  });
});

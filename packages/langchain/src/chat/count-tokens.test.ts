import { expect, it, onTestFinished, vi } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { countTokens } from "./count-tokens.js";

const text = (words: string) => ({ type: "text" as const, text: words });

it("counts tokens without the network", async () => {
  const fetch = vi.spyOn(globalThis, "fetch");
  onTestFinished(() => fetch.mockRestore());
  const { chat } = await openWorld();
  expect(await chat().getNumTokens("abcdefgh")).toBe(2);
  expect(await chat().getNumTokens([text("abcd"), text("efgh")])).toBe(2);
  expect(fetch).not.toHaveBeenCalled();
});

it("counts bytes, so that scripts of three bytes a letter are counted on the safe side; pictures count nothing", () => {
  expect(countTokens("")).toBe(0);
  expect(countTokens("abcde")).toBe(2);
  expect(countTokens("海海海海")).toBe(3);
  expect(countTokens([text("abcd"), { type: "image_url", image_url: { url: "x".repeat(400) } }])).toBe(1);
});

import { expect, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { providerName } from "./provider-name.js";

test.each([
  ["https://api.groq.com/openai/v1", "groq"],
  ["https://generativelanguage.googleapis.com/v1beta/openai", "gcp.gemini"],
  ["https://api.mistral.ai/v1", "mistral_ai"],
  ["https://api.openai.com/v1", "openai"],
  ["https://openrouter.ai/api/v1", "own-id"],
  // Only the whole name of a host is one.
  ["https://api.openai.com.example/v1", "own-id"],
])("a provider at %s is %s to traces", (baseURL, name) => {
  expect(providerName({ ...laplas, id: "own-id", baseURL })).toBe(name);
});

test("laplas is itself", () => {
  expect(providerName(laplas)).toBe("laplas");
});

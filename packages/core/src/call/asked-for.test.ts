import { expect, test } from "vitest";
import { readRequest } from "../request/read-request.js";
import { withAsked } from "./asked-for.js";

const chat = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const image = { model: "m", prompt: "A boat" };

test.each([
  ["a lowered limit has", "chat", { ...chat, max_tokens: 4_000 }, "max_tokens", "4000"],
  [
    "a limit of both names has the smaller",
    "chat",
    { ...chat, max_tokens: 9_000, max_completion_tokens: 4_000 },
    "max_completion_tokens",
    "4000",
  ],
  ["a default has not", "chat", chat, "max_tokens", undefined],
  ["a number has, zero too", "image", { ...image, seed: 0 }, "seed", "0"],
  ["a switch has", "chat", { ...chat, stream: true }, "stream", "true"],
  ["a size in words has", "image", { ...image, size: "1792x1024" }, "size", "1792x1024"],
  ["a size in numbers has", "image", { ...image, image_size: { width: 2_000, height: 900 } }, "image_size", "2000x900"],
  ["a word of a list has", "image", { ...image, quality: "ultra" }, "quality", "ultra"],
  ["anybody's name has not", "chat", { ...chat, user: "ada@example.com" }, "user", undefined],
  ["a prompt has not", "chat", chat, "messages", undefined],
  [
    "a text where a word belongs has not",
    "image",
    { ...image, style: "like my late aunt painted" },
    "style",
    undefined,
  ],
] as const)("what was asked for: %s", (_, endpoint, body, field, from) => {
  const adjustment = { field, to: `${field}=other`, rule: "some" };
  const told = withAsked(adjustment, readRequest(endpoint, body));
  expect(told).toEqual(from === undefined ? adjustment : { ...adjustment, from });
});

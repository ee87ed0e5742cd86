import { describe, expect, it, test } from "vitest";
import { freeTier, paidTier } from "../providers/laplas/laplas-tiers.js";
import { context, read } from "../testing/requests.js";
import { decide } from "./decide.js";

describe("forbiddenContent", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
  const withMessages = (...messages: unknown[]) => decide(freeTier, context(read("chat", { max_tokens: 5, messages })));

  test.each([
    ["image_url", image],
    ["image", { type: "image", source: { type: "base64", data: "AAAA" } }],
    ["input_image", { type: "input_image", image_url: "https://example.com/a.png" }],
  ])("a part of type %s is refused in every role", (type, part) => {
    for (const role of ["user", "assistant", "system", "tool", "developer"]) {
      const decision = withMessages(
        { role: "user", content: "Hi" },
        { role, content: [{ type: "text", text: "a" }, part] },
      );
      expect(decision).toMatchObject({
        action: "refuse",
        code: "image_input",
        rule: "image_input",
        param: "messages[1].content",
      });
      expect(decision).toHaveProperty("message", expect.stringContaining(`messages[1] holds a part of type "${type}"`));
      expect(JSON.stringify(decision)).not.toContain("AAAA");
    }
  });

  it("finds one inside a tool's result", () => {
    const result = { type: "tool_result", content: [{ type: "text", text: "see" }, image] };
    expect(withMessages({ role: "user", content: [result] })).toMatchObject({ code: "image_input" });
  });

  test.each([
    ["plain text", "image_url"],
    ["a text part", [{ type: "text", text: "image_url" }]],
    ["audio, which the rule does not name", [{ type: "input_audio", input_audio: {} }]],
    ["nothing", null],
    ["odd parts", [null, 5, "image_url", { type: 7 }, {}]],
  ])("%s passes", (_, content) => {
    expect(withMessages({ role: "user", content })).toMatchObject({ action: "allow" });
  });

  it("is over in no time on content nested without end", () => {
    const loop: { type: string; content: unknown[] } = { type: "text", content: [] };
    loop.content.push(loop);
    expect(withMessages({ role: "user", content: [loop] })).toMatchObject({ action: "allow" });
  });

  it("lets image_url of an image request through: there it is an input", () => {
    const request = read("image", { model: "flux/dev/image-to-image", image_url: "https://example.com/a.png" });
    expect(decide(freeTier, context(request)).action).toBe("allow");
  });

  it("is no rule of the paid plan", () => {
    expect(decide(paidTier, context(read("chat", { messages: [{ role: "user", content: [image] }] }))).action).toBe(
      "allow",
    );
  });
});

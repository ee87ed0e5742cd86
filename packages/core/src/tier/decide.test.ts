import { describe, expect, it, test } from "vitest";
import { chatBody, context, read } from "../testing/requests.js";
import { freeTier, paidTier, playgroundTier } from "./built-in-tiers.js";
import { decide } from "./decide.js";
import { resolveTier } from "./resolve-tier.js";
import type { Rule, Tier } from "./tier.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;

function tierOf(...rules: Rule[]): Tier {
  return { name: "own", title: "own tier", surface: "api", proModels: [], rules };
}

function outputRule(id: string, limit: number, onExcess: "adjust" | "refuse" = "adjust"): Rule {
  return { id, kind: "maxOutputTokens", limit, onExcess, evidence };
}

describe("maxOutputTokens", () => {
  test.each([
    [1, 1],
    [511, 511],
    [512, 512],
    [513, 512],
    [Number.MAX_SAFE_INTEGER, 512],
  ])("max_tokens %i is sent as %i", (asked, sent) => {
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const decision = decide(freeTier, context(read("chat", { [field]: asked })));
      expect(decision).toMatchObject({
        action: asked > 512 ? "adjust" : "allow",
        limits: { maxOutputTokens: sent },
        adjustments: asked > 512 ? [{ field, to: `${field}=512`, rule: "output_tokens" }] : [],
      });
    }
  });

  it("is set where the caller set nothing, and said", () => {
    expect(decide(freeTier, context(read("chat")))).toEqual({
      action: "adjust",
      limits: { maxOutputTokens: 512 },
      adjustments: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
      calls: 1,
    });
  });

  it("is set even where excess is refused: nothing was asked for, so nothing exceeds", () => {
    const decision = decide(freeTier, context(read("chat"), { onExcess: "refuse" }));
    expect(decision).toMatchObject({ action: "adjust", limits: { maxOutputTokens: 512 } });
  });

  test.each([
    [100, 4000, 100],
    [4000, 100, 100],
    [600, 4000, 512],
  ])("the smaller of both names counts: %i and %i give %i", (older, newer, sent) => {
    const request = read("chat", { max_tokens: older, max_completion_tokens: newer });
    expect(decide(freeTier, context(request))).toMatchObject({ limits: { maxOutputTokens: sent } });
  });

  test.each(["option", "rule"])("more is refused where the %s says so, with value, limit and rule", (from) => {
    const tier = from === "rule" ? tierOf(outputRule("cap", 512, "refuse")) : freeTier;
    const onExcess = from === "rule" ? "adjust" : "refuse";
    const decision = decide(tier, context(read("chat", { max_tokens: 513 }), { onExcess }));
    expect(decision).toMatchObject({ action: "refuse", code: "output_tokens", param: "max_tokens" });
    expect(decision).toHaveProperty("message", expect.stringMatching(/max_tokens is 513.*512.*Ask for 512/));
    expect(decide(tier, context(read("chat", { max_tokens: 512 }), { onExcess }))).toMatchObject({ action: "allow" });
  });

  it("binds no embeddings", () => {
    expect(decide(freeTier, context(read("embedding")))).toMatchObject({ action: "allow", limits: {} });
  });

  test.each([
    ["the stricter first", [256, 512]],
    ["the stricter last", [512, 256]],
  ])("of two rules the stricter holds, %s", (_, limits) => {
    const tier = tierOf(...limits.map((limit, index) => outputRule(`rule${index}`, limit)));
    for (const fields of [{}, { max_tokens: 300 }, { max_tokens: 4000 }]) {
      const decision = decide(tier, context(read("chat", fields)));
      expect(decision).toMatchObject({ limits: { maxOutputTokens: 256 } });
      expect(decision).toHaveProperty("adjustments", [expect.objectContaining({ to: "max_tokens=256" })]);
    }
  });

  describe("thinking", () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };

    it("can't fit below its least budget: refused, naming both rules", () => {
      const decision = decide(freeTier, context(read("chat", { thinking })));
      expect(decision).toMatchObject({ action: "refuse", code: "output_tokens", param: "thinking" });
      expect(decision).toHaveProperty("message", expect.stringMatching(/at least 1024.*512 at most.*output_tokens/));
    });

    test.each([
      [1024, "refuse"],
      [1025, "adjust"],
    ])("under a limit of %i: %s", (limit, action) => {
      expect(decide(tierOf(outputRule("cap", limit)), context(read("chat", { thinking })))).toMatchObject({ action });
    });

    test.each([{ type: "disabled" }, null, "enabled"])("%o is no thinking", (value) => {
      expect(decide(freeTier, context(read("chat", { thinking: value, max_tokens: 5 })))).toMatchObject({
        action: "allow",
      });
    });
  });
});

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

describe("maxImages", () => {
  const count = (fields: object, more = {}) =>
    decide(freeTier, context(read("image", { model: "flux/schnell", ...fields }), more));

  test.each([
    [{ n: 1 }, "allow", 1],
    [{}, "allow", 1],
    [{ n: 2 }, "split", 2],
    [{ num_images: 4 }, "split", 4],
  ])("%o: %s into %i", (fields, action, calls) => {
    expect(count(fields)).toMatchObject({ action, calls, limits: { imagesPerRequest: 1 } });
  });

  it("rounds up where a request may make several", () => {
    const tier = tierOf({ id: "images", kind: "maxImages", limit: 3, onExcess: "split", evidence });
    for (const [n, calls] of [
      [3, 1],
      [4, 2],
      [6, 2],
      [7, 3],
    ]) {
      expect(decide(tier, context(read("image", { n })))).toMatchObject({ calls });
    }
  });

  it("refuses where told to, naming field and count", () => {
    expect(count({ num_images: 2 }, { onExcess: "refuse" })).toMatchObject({
      action: "refuse",
      code: "image_count",
      param: "num_images",
      message: expect.stringMatching(/num_images is 2.*1 image with/),
    });
    expect(count({ num_images: 1 }, { onExcess: "refuse" }).action).toBe("allow");
  });

  it("can lower the count instead", () => {
    const tier = tierOf({ id: "images", kind: "maxImages", limit: 2, onExcess: "adjust", evidence });
    expect(decide(tier, context(read("image", { n: 3 })))).toMatchObject({
      action: "adjust",
      calls: 1,
      limits: { imagesPerRequest: 2, imageCount: 2 },
      adjustments: [{ field: "n", to: "n=2", rule: "images" }],
    });
  });

  it("lowers the count and splits what is left, in either order of the rules", () => {
    const fewer = { id: "fewer", kind: "maxImages", limit: 3, onExcess: "adjust", evidence } as const;
    const single = { id: "single", kind: "maxImages", limit: 1, onExcess: "split", evidence } as const;
    for (const rules of [
      [fewer, single],
      [single, fewer],
    ]) {
      const { limits } = decide({ ...tierOf(fewer), rules }, context(read("image", { n: 5 }))) as { limits: object };
      expect(limits).toMatchObject({ imagesPerRequest: 1, imageCount: 3 });
    }
  });

  it("binds the models it names only", () => {
    expect(count({ model: "imagen-3.0-generate-002", n: 4 })).toMatchObject({
      action: "allow",
      limits: { imagesPerRequest: 4 },
    });
  });
});

describe("maxImageSize", () => {
  const size = (fields: object, more = {}) =>
    decide(freeTier, context(read("image", { model: "dall-e-3", ...fields }), more));

  test.each([
    [{ size: "512x512" }, "allow"],
    [{ size: "256x256" }, "allow"],
    [{ size: "513x512" }, "adjust"],
    [{ size: "512x513" }, "adjust"],
    [{ size: "1024x1024" }, "adjust"],
    [{ size: "auto" }, "adjust"],
    [{}, "adjust"],
    [{ image_size: { width: 512, height: 512 } }, "allow"],
    [{ image_size: { width: 600, height: 1 } }, "adjust"],
  ])("%o: %s", (fields, action) => {
    const field = "image_size" in fields ? "image_size" : "size";
    const decision = size(fields);
    expect(decision).toMatchObject({ action });
    if (action === "adjust") {
      expect(decision).toMatchObject({
        limits: { imageSize: { width: 512, height: 512 } },
        adjustments: [{ field, to: `${field}=512x512`, rule: "image_size" }],
      });
    }
  });

  it("refuses a larger one where told to, but sets a missing one", () => {
    expect(size({ size: "1024x1792" }, { onExcess: "refuse" })).toMatchObject({
      action: "refuse",
      code: "image_size",
      param: "size",
      message: expect.stringMatching(/size is 1024x1792.*512x512/),
    });
    expect(size({}, { onExcess: "refuse" })).toMatchObject({ action: "adjust" });
  });

  it("binds the models it names only", () => {
    expect(size({ model: "flux/schnell", size: "1024x1024" })).toMatchObject({ action: "allow" });
  });
});

describe("maxRequestCost", () => {
  it("refuses nothing until the server has", () => {
    expect(decide(freeTier, context(read("image"))).action).toBe("allow");
    expect(decide(freeTier, context(read("image"), { refusedForCost: true }))).toMatchObject({
      action: "refuse",
      code: "request_cost",
      message: expect.stringContaining("512 API tokens"),
    });
  });

  it("binds the modalities it names only", () => {
    expect(decide(freeTier, context(read("chat", { max_tokens: 1 }), { refusedForCost: true })).action).toBe("allow");
  });
});

describe("allowedModalities", () => {
  const tier = tierOf({ id: "kinds", kind: "allowedModalities", modalities: ["chat"], evidence });

  it("refuses what it does not list", () => {
    expect(decide(tier, context(read("chat"))).action).toBe("allow");
    expect(decide(tier, context(read("embedding")))).toMatchObject({
      action: "refuse",
      code: "model_not_on_tier",
      message: expect.stringMatching(/^embedding models are not on this tier \(rule kinds: chat\)/),
    });
  });
});

describe("decide", () => {
  it("says the first refusal, in the order of the rules", () => {
    const tier = tierOf(outputRule("first", 1, "refuse"), outputRule("second", 2, "refuse"));
    expect(decide(tier, context(read("chat", { max_tokens: 3 })))).toMatchObject({ rule: "first" });
  });

  it("changes nothing it is given", () => {
    const body = Object.freeze(chatBody({ max_tokens: 9_999 }));
    const before = structuredClone(body);
    decide(playgroundTier, context(read("chat", body)));
    expect(body).toEqual(before);
  });

  it("leaves windows and concurrency to the ledger", () => {
    const rules = resolveTier("playground").rules.filter(({ kind }) => kind === "window" || kind === "concurrency");
    expect(rules).toHaveLength(3);
    expect(decide(tierOf(...rules), context(read("chat")))).toEqual({
      action: "allow",
      limits: {},
      adjustments: [],
      calls: 1,
    });
  });
});

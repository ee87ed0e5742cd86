import { describe, expect, it, test } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { hasCostCap, overCostCap, rememberCost } from "./cost-cap.js";

function setup() {
  let at = Date.parse("2026-03-10T12:00:00.000Z");
  const { context } = createTestContext({ now: () => at });
  const call = (fields: object) => plan(context, { model: "dall-e-2", prompt: "A boat", ...fields });
  /** The server refuses the first request of such a call. */
  const refuse = async (fields: object): Promise<void> => {
    const refused = call(fields);
    await rememberCost(context, refused, refused.adapted.parts[0]?.body ?? {});
  };
  const isRefused = (fields: object) => overCostCap(context, call(fields));
  const moveTo = (time: string): void => {
    at = Date.parse(time);
  };
  return { context, refuse, isRefused, moveTo };
}

describe("a bound on the price of a request", () => {
  test.each([
    ["free", { model: "flux/schnell", prompt: "A boat" }, true],
    ["free", ask("Hello"), false],
    ["free", { model: "text-embedding-3-small", input: "Hello" }, false],
    ["paid", { model: "flux/schnell", prompt: "A boat" }, false],
  ] as const)("on tier %s for %o: %s", (tier, body, isBounded) => {
    const { context } = createTestContext({ tier });
    expect(hasCostCap(context, plan(context, body))).toBe(isBounded);
  });
});

describe("a price that the server refused", () => {
  it("is remembered, whatever the prompt", async () => {
    const { refuse, isRefused } = setup();
    expect(await isRefused({ n: 1 })).toBe(false);
    await refuse({ n: 1 });
    expect(await isRefused({ n: 1 })).toBe(true);
    expect(await isRefused({ n: 1, prompt: "A house", response_format: "b64_json" })).toBe(true);
  });

  it.each<[string, object]>([
    ["another size", { size: "256x256" }],
    ["another model", { model: "dall-e-3" }],
    ["another count", { n: 3 }],
  ])("says nothing of %s", async (_, fields) => {
    const { refuse, isRefused } = setup();
    await refuse({ size: "512x512" });
    expect(await isRefused({ size: "512x512" })).toBe(true);
    expect(await isRefused(fields)).toBe(false);
  });

  it.each<[string, object]>([
    ["another ratio", { aspect_ratio: "16:9" }],
    ["another count", { n: 2 }],
  ])("says nothing of %s where a model has ratios and its own name for the count", async (_, fields) => {
    const { refuse, isRefused } = setup();
    const imagen = { model: "imagen-3.0-generate-002", aspect_ratio: "1:1" };
    await refuse(imagen);
    expect(await isRefused(imagen)).toBe(true);
    expect(await isRefused({ ...imagen, ...fields })).toBe(false);
  });

  it("is refused again if any request of the call has it", async () => {
    const { refuse, isRefused } = setup();
    await refuse({ n: 2 });
    // dall-e-2 draws ten at once: the last request of twelve draws two.
    expect(await isRefused({ n: 12 })).toBe(true);
    expect(await isRefused({ n: 13 })).toBe(false);
  });

  it("is forgotten with the UTC day, since prices may change", async () => {
    const { refuse, isRefused, moveTo } = setup();
    await refuse({});
    moveTo("2026-03-10T23:59:59.999Z");
    expect(await isRefused({})).toBe(true);
    moveTo("2026-03-11T00:00:00.000Z");
    expect(await isRefused({})).toBe(false);
  });
});

describe("one size", () => {
  const flux = { model: "flux/schnell" };
  it.each<[string, object, object]>([
    ["in pixels and by name", { ...flux, size: "512x512" }, { ...flux, image_size: "square" }],
    ["as text and as sides", { ...flux, size: "512x512" }, { ...flux, image_size: { width: 512, height: 512 } }],
    ["by name and by leaving it out", { ...flux, image_size: "landscape_4_3" }, flux],
    ["in pixels and by leaving it out", flux, { ...flux, size: "1024x768" }],
    [
      "as a ratio and by leaving it out",
      { model: "flux-pro/v1.1-ultra", aspect_ratio: "16:9" },
      { model: "flux-pro/v1.1-ultra" },
    ],
  ])("is one price: %s", async (_, one, other) => {
    const { refuse, isRefused } = setup();
    await refuse(one);
    expect(await isRefused(other)).toBe(true);
  });

  it("has two sides, and their order matters", async () => {
    const { refuse, isRefused } = setup();
    await refuse({ ...flux, size: "512x768" });
    expect(await isRefused({ ...flux, size: "768x512" })).toBe(false);
    expect(await isRefused({ ...flux, size: "512x512" })).toBe(false);
  });

  it("of a model that the catalog does not know is what was asked for", async () => {
    const { context } = createTestContext({ unknownModels: "send" });
    const call = (fields: object) => plan(context, { model: "my/painter", prompt: "A boat", ...fields });
    const refused = call({ size: "99x99" });
    await rememberCost(context, refused, refused.adapted.parts[0]?.body ?? {});
    expect(await overCostCap(context, call({ size: "99x99" }))).toBe(true);
    expect(await overCostCap(context, call({}))).toBe(false);
  });
});

describe("a price refused for one name of a model", () => {
  it("is refused for its other names", async () => {
    const models = [{ id: "my/painter", aliases: ["painter"], modality: "image" }] as const;
    const { context } = createTestContext({ models });
    const refused = plan(context, { model: "painter", prompt: "A boat" });
    await rememberCost(context, refused, refused.adapted.parts[0]?.body ?? {});
    expect(await overCostCap(context, plan(context, { model: "my/painter", prompt: "A boat" }))).toBe(true);
  });
});

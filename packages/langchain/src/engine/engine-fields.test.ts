import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { checkCount, checkModel, refuseSettingsBesideEngine } from "./engine-fields.js";

const invalid = expect.objectContaining({ code: "invalid_options" });

describe("refuseSettingsBesideEngine", () => {
  it.each([
    [{ apiKey: "key" }, "apiKey"],
    [{ baseURL: "http://127.0.0.1:9/v1" }, "baseURL"],
    [{ tier: "paid" as const }, "tier"],
    [{ ledger: "memory" as const }, "ledger"],
    [{ onExcess: "adjust" as const }, "onExcess"],
    [{ admission: "worst-case" as const }, "admission"],
    [{ reserve: "worst" as const }, "reserve"],
    [{ patienceMs: 0 }, "patienceMs"],
    [{ unknownModels: "send" as const }, "unknownModels"],
    [{ fetch: globalThis.fetch }, "fetch"],
    [{ defaultHeaders: { "x-team": "blue" } }, "defaultHeaders"],
  ])("refuses %j by name", async (setting, name) => {
    const { engine } = await openWorld();
    expect(() => refuseSettingsBesideEngine({ engine, ...setting })).toThrow(invalid);
    expect(() => refuseSettingsBesideEngine({ engine, ...setting })).toThrow(`"${name}"`);
  });
});

describe("checkCount", () => {
  it("takes whole numbers from 0, and nothing", () => {
    expect([0, 1, Number.MAX_SAFE_INTEGER, undefined].map((value) => checkCount("timeout", value))).toEqual([
      ...[0, 1, Number.MAX_SAFE_INTEGER, undefined],
    ]);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "5" as never, null as never])("refuses %s", (value) => {
    expect(() => checkCount("timeout", value)).toThrow(invalid);
    expect(() => checkCount("timeout", value)).toThrow(`"timeout" is "${value}"`);
  });
});

describe("checkModel", () => {
  it("takes any name: whether there is such a model is the engine's to say", () => {
    expect(checkModel("ChatLaplas", "nobody-knows-it")).toBe("nobody-knows-it");
  });

  it.each([undefined, "", " \n", 4, null])("refuses %j with an example of the class", (model) => {
    expect(() => checkModel("LaplasImages", model)).toThrow(invalid);
    expect(() => checkModel("LaplasImages", model)).toThrow(/"model" is missing.*new LaplasImages\(\{ model: "flux/);
  });
});

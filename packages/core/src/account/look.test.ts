import { describe, expect, it } from "vitest";
import type { Claim, LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { NOON, spend } from "../testing/ledger.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { lookAt } from "./look.js";

const day = windowRule({ id: "day" });
const hour = windowRule({ id: "hour", period: { type: "hour" }, limit: 50 });
const ofModel = windowRule({ id: "of_model", meter: "requests", scope: "model", limit: 5 });

/** A store that tells which claims it was asked for. */
function setup() {
  const asked: (readonly Claim[])[] = [];
  const memory = createMemoryStore({ now: () => NOON });
  const store: LedgerStore = {
    ...memory,
    view(name, claims) {
      asked.push(claims);
      return memory.view(name, claims);
    },
  };
  const look = (...windows: [string | undefined, readonly WindowRule[]][]) =>
    lookAt({ store, name: "account" }, new Map(windows));
  return { look, asked, memory };
}

describe("a look at an account", () => {
  it("asks once, and once for each window that several models share", async () => {
    const { look, asked } = setup();
    await look(["a", [day, ofModel]], ["b", [day, ofModel, hour]]);
    expect(asked.map((claims) => claims.map(({ rule, bucket }) => `${rule} ${bucket}`))).toEqual([
      ["day credits", "of_model requests:a", "of_model requests:b", "hour credits"],
    ]);
  });

  it("tells each model its own windows, in their order, with what they hold", async () => {
    const { look, memory } = setup();
    await spend(memory, 30, { model: "a", windows: [day, ofModel] });
    const { windowsOf, now } = await look(["a", [ofModel, day]], ["b", [day, ofModel]]);
    const shown = (model: string) => windowsOf(model).map(({ rule, used }) => [rule.id, used]);
    expect(now).toBe(NOON);
    expect(shown("a")).toEqual([
      ["of_model", 1],
      ["day", 30],
    ]);
    expect(shown("b")).toEqual([
      ["day", 30],
      ["of_model", 0],
    ]);
    expect(windowsOf("a")[1]).toMatchObject({ held: 0, resetsAt: Date.parse("2026-03-11T00:00:02.000Z") });
  });

  it("tells for no model the windows that count all of them together", async () => {
    const { look } = setup();
    const { windowsOf } = await look([undefined, [ofModel, day]], ["a", [ofModel]]);
    expect(windowsOf(undefined).map(({ rule }) => rule.id)).toEqual(["day"]);
    expect(windowsOf("a").map(({ rule }) => rule.id)).toEqual(["of_model"]);
  });

  it("tells two windows of one bucket apart", async () => {
    const { look, memory } = setup();
    await spend(memory, 30, { windows: [day] });
    const { windowsOf } = await look(["a", [day, hour, { ...hour, id: "other", limit: 10 }]]);
    expect(windowsOf("a").map(({ rule, used }) => [rule.id, used])).toEqual([
      ["day", 30],
      ["hour", 30],
      ["other", 30],
    ]);
  });

  it("knows nothing of a model that was not looked at", async () => {
    expect((await setup().look(["a", [day]])).windowsOf("b")).toEqual([]);
  });
});

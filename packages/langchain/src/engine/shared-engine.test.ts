import { createLaplas, freeTier } from "@laplas/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatLaplas } from "../chat/chat-laplas.js";
import { openWorld } from "../testing/open-world.js";
import { engineFor } from "./shared-engine.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("engines", () => {
  it("are shared by equal settings, so that queue and account are one", async () => {
    const { sandbox } = await openWorld();
    const settings = { apiKey: "shared", baseURL: sandbox.baseURL, ledger: "memory" } as const;
    // The upstream takes one request at a time: only a shared queue keeps two models from being refused.
    const models = [new ChatLaplas("gpt-4o-mini", settings), new ChatLaplas("gpt-4o", settings)];
    await Promise.all(models.flatMap((model) => [model.invoke("Hello"), model.invoke("Count to 50")]));
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    const last = await models[0]?.invoke("Hello");
    expect(last?.response_metadata.laplas).toMatchObject({ remaining: 50_000 - sandbox.used() });
  });

  it("are told apart by every setting, objects by identity", () => {
    const settings = {
      apiKey: "told-apart",
      ledger: "memory",
      baseURL: "http://127.0.0.1:9/v1",
      tier: freeTier,
    } as const;
    const engine = engineFor(settings);
    expect(engineFor({ ...settings })).toBe(engine);
    const others = [
      { ...settings, apiKey: "another" },
      { ...settings, baseURL: "http://127.0.0.1:10/v1" },
      { ...settings, tier: { ...freeTier } },
      { ...settings, onExcess: "refuse" as const },
      { ...settings, patienceMs: 1 },
      { ...settings, unknownModels: "send" as const },
    ].map((fields) => engineFor(fields));
    expect(new Set([engine, ...others]).size).toBe(others.length + 1);
  });

  it("are made anew where a variable of the environment has changed", async () => {
    const { sandbox } = await openWorld({ apiKeys: ["first", "second"] });
    const settings = { baseURL: sandbox.baseURL, ledger: "memory" } as const;
    for (const key of ["first", "second"]) {
      vi.stubEnv("LAPLAS_API_KEY", key);
      await new ChatLaplas("gpt-4o-mini", settings).invoke("Hello");
      expect(sandbox.used(key)).toBeGreaterThan(0);
    }
  });

  it("can be handed in", async () => {
    const { sandbox } = await openWorld();
    const engine = createLaplas({ apiKey: "own", baseURL: sandbox.baseURL, ledger: "memory" });
    await new ChatLaplas({ model: "gpt-4o-mini", engine }).invoke("Hello");
    expect((await engine.status()).windows[0]?.used).toBe(sandbox.used());
    await engine.close();
  });

  it("are not handed in together with the settings of another", async () => {
    const { engine } = await openWorld();
    expect(engineFor({ engine, tier: undefined })).toBe(engine);
    expect(() => engineFor({ engine, tier: "paid" })).toThrow(/"tier".*"engine"/);
  });
});

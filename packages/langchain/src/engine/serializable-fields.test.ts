import { createLaplas, freeTier } from "@laplas/core";
import { describe, expect, it } from "vitest";
import type { EngineFields } from "./engine-fields.js";
import { serializableFields } from "./serializable-fields.js";

describe("serializableFields", () => {
  it("writes plain settings and the class's own fields, and a placeholder for the key", () => {
    const fields = {
      apiKey: "secret",
      baseURL: "http://127.0.0.1:9/v1",
      tier: freeTier,
      model: "gpt-4o",
      size: 0,
      callbacks: [],
    };
    expect(serializableFields(fields, ["model", "size"])).toEqual({
      apiKey: "***",
      baseURL: "http://127.0.0.1:9/v1",
      tier: freeTier,
      model: "gpt-4o",
      size: 0,
    });
  });

  it("writes no ledger that is an object or has a password in its address", () => {
    const written = (ledger: EngineFields["ledger"]) => serializableFields({ ledger }, []).ledger;
    expect(written("sqlite:/var/lib/laplas")).toBe("sqlite:/var/lib/laplas");
    expect(written("redis://127.0.0.1:6379")).toBe("redis://127.0.0.1:6379");
    expect(written("redis://user:password@127.0.0.1:6379")).toBeUndefined();
    expect(written("redis://:password@127.0.0.1:6379")).toBeUndefined();
    expect(written(undefined)).toBeUndefined();
  });

  it("asks for no key where an engine was handed in, and writes no engine", async () => {
    const engine = createLaplas({ apiKey: "key", ledger: "memory" });
    expect(serializableFields({ engine }, [])).toEqual({});
    await engine.close();
  });
});

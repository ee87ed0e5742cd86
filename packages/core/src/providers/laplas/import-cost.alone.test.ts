import { expect, test, vi } from "vitest";

// A program without models of its own must not pay for building schemas: here any use of zod throws.
vi.mock("zod", () => ({
  z: new Proxy(
    {},
    {
      get: () => {
        throw new Error("zod is used");
      },
    },
  ),
}));

test("the built-in catalog is made without zod, a user's entry is checked with it", async () => {
  const { createCatalog } = await import("./laplas-catalog.js");
  expect(createCatalog().find("Claude 3.5 Sonnet")).toMatchObject({ kind: "model" });
  expect(() => createCatalog([{ id: "my/model", modality: "chat" }])).toThrow("zod is used");
});

test("an engine of the built-in provider is made without zod, one of a document with it", async () => {
  const { createEngine } = await import("../../create-engine.js");
  const engine = createEngine({
    providers: [{ document: "laplas", apiKey: "key" }],
    ledger: "memory",
    environment: {},
  });
  expect(engine.tier.name).toBe("free");
  await engine.close();
  const document = { id: "own", title: "Own", baseURL: "https://own.test", tiers: [] };
  expect(() => createEngine({ providers: [{ document }], environment: {} })).toThrow("zod is used");
});

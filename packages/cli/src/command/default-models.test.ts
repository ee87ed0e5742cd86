import { createLaplas, type LaplasOptions, type TierDocument } from "@laplas/core";
import { expect, it, onTestFinished } from "vitest";
import { chooseModel } from "./default-models.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;

function open(options: LaplasOptions = {}) {
  const laplas = createLaplas({ apiKey: "none", ledger: "memory", environment: {}, ...options });
  onTestFinished(() => laplas.close());
  return laplas;
}

const tierOf = (...models: string[]): TierDocument => ({
  name: "own",
  title: "Own",
  rules: [{ id: "models", kind: "allowedModels", models, evidence }],
});

it("is the one that is named, whatever it is", async () => {
  expect(await chooseModel(open(), "chat", "somebody/new")).toBe("somebody/new");
});

it("is a usual one where the engine has it", async () => {
  const laplas = open();
  expect(await chooseModel(laplas, "chat", undefined)).toBe("gpt-4o-mini");
  expect(await chooseModel(laplas, "embedding", undefined)).toBe("text-embedding-3-small");
  expect(await chooseModel(laplas, "image", undefined)).toBe("flux/schnell");
});

it("is else the first that the tier serves, and no image model that needs a picture", async () => {
  const laplas = open({ tier: tierOf("o1", "gpt-4o", "flux/dev*", "dall-e-3") });
  const chat = (await laplas.models({ modality: "chat" })).find(({ id }) => ["o1", "gpt-4o"].includes(id));
  expect(await chooseModel(laplas, "chat", undefined)).toBe(chat?.id);
  const fromPicture = open({ tier: tierOf("flux/dev/image-to-image", "dall-e-3") });
  expect(await chooseModel(fromPicture, "image", undefined)).toBe("dall-e-3");
  await expect(chooseModel(laplas, "embedding", undefined)).rejects.toThrow(
    "No embedding model is known here. Name one: --model NAME.",
  );
});

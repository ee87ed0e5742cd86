import { describe, expect, it } from "vitest";
import { indexModels } from "./index-models.js";
import type { Model } from "./model.js";

const model = (id: string, label: string, ...aliases: string[]) =>
  ({ id, label, aliases, modality: "chat" }) as unknown as Model;
const one = model("one", "The Label", "uno", "eins");
const other = model("other", "the label");
const { models, byId, byLabel } = indexModels([one, other]);

describe("an index of models", () => {
  it("has each by its id and aliases, which are sent as they are", () => {
    expect([...byId.keys()]).toEqual(["one", "uno", "eins", "other"]);
    expect(byId.get("one")).toEqual({ kind: "model", model: one, id: "one" });
    expect(byId.get("uno")).toEqual({ kind: "model", model: one, id: "uno" });
    expect(byId.get("One")).toBeUndefined();
  });

  it("has each label in lower case, for the first that has it, with the id to send", () => {
    expect([...byLabel.entries()]).toEqual([["the label", { kind: "model", model: one, id: "one" }]]);
  });

  it("keeps the models in their order", () => {
    expect(models).toEqual([one, other]);
  });
});

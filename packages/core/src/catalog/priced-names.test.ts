import { expect, it, test } from "vitest";
import { pricedNames } from "./priced-names.js";

const PLACES = ["pricing.prompt", "pricing.completion"];
const isPriced = (fields: object) => pricedNames({ data: [{ id: "Lab/Model", ...fields }] }, PLACES).length > 0;

test.each<[fields: object, isPriced: boolean]>([
  [{ pricing: { prompt: "0", completion: "0" } }, false],
  [{ pricing: { prompt: 0, completion: "0.0" } }, false],
  [{ pricing: { prompt: "", completion: null } }, false],
  [{ pricing: { prompt: "0", completion: "0", image: "0.1" } }, false],
  [{}, false],
  [{ pricing: null }, false],
  [{ pricing: { prompt: "0.0000002", completion: "0" } }, true],
  [{ pricing: { prompt: "0", completion: 0.000001 } }, true],
  // OpenRouter's own choice among models.
  [{ pricing: { prompt: "-1", completion: "-1" } }, true],
  // What can't be read may cost anything.
  [{ pricing: { prompt: "on request" } }, true],
  [{ pricing: { prompt: { usd: 1 } } }, true],
])("an entry with %j has a price: %s", (fields, expected) => expect(isPriced(fields)).toBe(expected));

it("knows such a model by all its names, in lower case", () => {
  const body = [{ name: "models/Gemini-Pro", price: 1 }, { id: "free", price: 0 }, "plain"];
  expect(pricedNames(body, ["price"])).toEqual(["gemini-pro", "models/gemini-pro"]);
});

it("looks nowhere unless the document says where", () => {
  expect(pricedNames([{ id: "a", pricing: { prompt: "1" } }], [])).toEqual([]);
  expect(pricedNames("no list", PLACES)).toEqual([]);
});

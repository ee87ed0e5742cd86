import { expect, it } from "vitest";
import { readPath, valueAt, withoutSecrets } from "./config-values.js";

it("reads a place in both spellings", () => {
  for (const name of ["providers[0].tier", "providers.0.tier"])
    expect(readPath(name)).toEqual(["providers", 0, "tier"]);
  expect(readPath("port")).toEqual(["port"]);
});

it("finds what is set, zero and empty texts too, and nothing that every object has", () => {
  const config = { port: 0, clients: [{ name: "" }] };
  expect(valueAt(config, ["port"])).toBe(0);
  expect(valueAt(config, ["clients", 0, "name"])).toBe("");
  expect(valueAt(config, [])).toBe(config);
  for (const place of [
    ["constructor"],
    ["port", "toFixed"],
    ["clients", 1],
    ["clients", "length"],
    ["clients", 0, "name", "length"],
  ])
    expect(valueAt(config, place)).toBeUndefined();
});

it("hides keys and tokens at any depth, and nothing else", () => {
  const config = { apiKey: "sk-1", clients: [{ name: "a", token: "t-1" }], routes: { one: { models: ["m"] } } };
  expect(withoutSecrets(config)).toEqual({
    apiKey: "(hidden)",
    clients: [{ name: "a", token: "(hidden)" }],
    routes: { one: { models: ["m"] } },
  });
  expect(withoutSecrets("t-1", "token")).toBe("(hidden)");
});

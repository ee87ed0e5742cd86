import { expect, it } from "vitest";
import { editConfig } from "./edit-config.js";

const PATH = "/project/laplas.config.json";
const edit = (text: string, place: readonly (string | number)[], given: string | undefined): string =>
  editConfig(text, place, given, PATH);

it.each<[string, string, readonly (string | number)[], string | undefined, string]>([
  ["one value alone", '{"port": 1,   "tier": "free"}', ["port"], "2", '{"port": 2,   "tier": "free"}'],
  ["beside others on their line", '{ "port": 1 }', ["log"], "off", '{ "port": 1, "log": "off" }'],
  ["on a line of its own", '{\n\t"port": 1\n}\n', ["log"], "off", '{\n\t"port": 1,\n\t"log": "off"\n}\n'],
  [
    "as Windows ends lines",
    '{\r\n  "port": 1\r\n}\r\n',
    ["log"],
    "off",
    '{\r\n  "port": 1,\r\n  "log": "off"\r\n}\r\n',
  ],
  ["into an empty file", "{}\n", ["port"], "1", '{\n  "port": 1\n}\n'],
  [
    "at a deep place of an empty one",
    "{}\n",
    ["providers", 0, "provider"],
    "groq",
    '{\n  "providers": [{"provider":"groq"}]\n}\n',
  ],
  [
    "out of a list",
    '{\n  "allowedHosts": ["a", "b"]\n}\n',
    ["allowedHosts", 0],
    undefined,
    '{\n  "allowedHosts": ["b"]\n}\n',
  ],
])("writes %s", (_, text, place, given, wanted) => {
  expect(edit(text, place, given)).toBe(wanted);
});

it("takes digits as a number where one belongs, and as a text where that does", () => {
  expect(JSON.parse(edit('{"port": 1}', ["port"], "4200"))).toEqual({ port: 4200 });
  expect(JSON.parse(edit('{"port": 1}', ["allowedHosts"], '["1"]'))).toEqual({ port: 1, allowedHosts: ["1"] });
  expect(JSON.parse(edit('{"allowedHosts": ["a"]}', ["allowedHosts", 0], "42"))).toEqual({ allowedHosts: ["42"] });
});

it("refuses what is no configuration, and blames the value alone", () => {
  expect(() => edit('{"port": 1}', ["port"], "many")).toThrow(/^"port": must be a port/);
  expect(() => edit('{"port": 1}', ["port"], "65536")).toThrow(/^"port": must be a port/);
});

it.each<[string, readonly (string | number)[], RegExp]>([
  ["a name in a list", ["allowedHosts", "first"], /^"allowedHosts" is a list, .* from 0 to 1: "first" is none\.$/],
  ["far beyond the end of a list", ["allowedHosts", 7], /^"allowedHosts" is a list, .* from 0 to 1: "7" is none\.$/],
  ["beyond the start of a list to be", ["clients", 1, "name"], /^"clients" is a list, .* from 0 to 0: "1" is none\.$/],
  ["a number in an object", ["routes", 0], /^"routes" is an object, whose places have names: "0" is none\.$/],
  ["a place within a number", ["port", "of"], /^"port" is a value without places: "of" is none\.$/],
])("refuses %s", (_, place, message) => {
  expect(() => edit('{"allowedHosts": ["a"], "routes": {}, "port": 1}', place, "x")).toThrow(
    expect.objectContaining({ code: "invalid_options", message: expect.stringMatching(message) }),
  );
});

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { builtInModels } from "./laplas/built-in-models.js";
import { laplasDocument } from "./laplas/laplas.js";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
/** Folders that know no provider by name. */
const NEUTRAL = ["account", "call", "catalog", "cost", "dialect", "ledger", "provider", "request", "tier"];

/** The code of core outside laplas's folder: comments, tests and what only tests use left out. */
const files: ReadonlyMap<string, string> = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .filter((path) => !path.startsWith("testing/") && !path.startsWith("providers/laplas/"))
    .map((path) => [path, withoutComments(readFileSync(`${SOURCE}/${path}`, "utf8"))]),
);

function withoutComments(code: string): string {
  // Strings, templates and patterns are matched first, so that a // in an address begins no comment.
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return code.replace(token, (text) => (text.startsWith("/") ? "" : text));
}

function filesWith(isFound: (code: string) => boolean): string[] {
  return [...files].filter(([, code]) => isFound(code)).map(([path]) => path);
}

describe("core outside providers/laplas", () => {
  it("is read: all of it, but for its comments", () => {
    expect(files.size).toBeGreaterThan(100);
    expect(files.get("tier/decide.ts")).toContain("export function decide");
    expect(files.get("tier/decide.ts")).not.toContain("Applies the tier's static rules");
    expect(withoutComments('a("https://b.test", `//`); // c\n/* d\n*/ e')).toBe('a("https://b.test", `//`); \n e');
  });

  it("names no model of laplas", () => {
    const names = builtInModels.flatMap(({ id, aliases }) => [id, ...aliases]);
    const quoted = new Set(names.flatMap((name) => [`"${name}"`, `'${name}'`, `\`${name}\``]));
    expect(quoted.size).toBeGreaterThan(450);
    const found = [...files].flatMap(([path, code]) =>
      (code.match(/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`/g) ?? [])
        .filter((text) => quoted.has(text))
        .map((text) => `${path}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  test.each(["plan.rule", "plan\\.rule", "/app/billing", "API tokens", "apilaplas.com"])(
    "has no word of laplas's answers: %s",
    (word) => {
      expect(filesWith((code) => code.includes(word))).toEqual([]);
    },
  );

  it("has no price of laplas", () => {
    const { chat } = laplasDocument.unknownRates ?? {};
    const prices = [chat?.input, chat?.output].map(String);
    expect(prices).toEqual(["10.5", "31.5"]);
    expect(
      filesWith((code) =>
        prices.some((price) => new RegExp(`(?<![\\d.])${price.replace(".", "\\.")}(?![\\d])`).test(code)),
      ),
    ).toEqual([]);
  });
});

test.each(NEUTRAL)("%s imports no provider", (folder) => {
  const importing = [...files].filter(
    ([path, code]) => path.startsWith(`${folder}/`) && /from "(?:\.\.\/)+providers\//.test(code),
  );
  expect([...files.keys()].some((path) => path.startsWith(`${folder}/`))).toBe(true);
  expect(importing.map(([path]) => path)).toEqual([]);
});

test("the provider laplas is known to the engine's front alone", () => {
  expect(filesWith((code) => /from "(?:\.\/|(?:\.\.\/)+)providers\//.test(code)).sort()).toEqual([
    "index.ts",
    "options.ts",
    "provider-settings.ts",
  ]);
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "vitest";
import type { Python } from "./python.ts";

interface PytestCase {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What failed, or why it was skipped. */
  readonly text: string;
}

/**
 * Runs pytest once, while tests are collected, and registers a test for each of its cases, so that the sum of all tests is
 * true. A run that comes to no report is a failed test of its own.
 */
export async function registerPytest(
  python: Python,
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "laplas-pytest-"));
  const report = join(scratch, "report.xml");
  // The folder's own settings, although the program runs elsewhere.
  const where = ["--rootdir", folder, "--config-file", join(folder, "pyproject.toml"), join(folder, "tests")];
  const { stdout, stderr } = await python.run(["-m", "pytest", "--quiet", `--junitxml=${report}`, ...where], variables);
  const xml = await readFile(report, "utf8").catch(() => "");
  await rm(scratch, { recursive: true, force: true });
  const cases = readReport(xml);
  if (cases.length === 0) {
    it("pytest runs", () => {
      throw new Error(`${stdout}${stderr}`);
    });
  }
  for (const { name, outcome, text } of cases) {
    it(name, (context) => {
      if (outcome === "skipped") context.skip(text);
      if (outcome === "failed") throw new Error(text);
    });
  }
}

/** Reads JUnit's form as pytest writes it. */
function readReport(xml: string): PytestCase[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, head = "", , inner = ""]) => {
    const file = attribute(head, "classname").split(".").at(-1);
    const [, kind, attributes = "", details = ""] =
      /<(failure|error|skipped)((?:\s[^>]*?)?)(?:\/>|>([\s\S]*?)<\/\1>)/.exec(inner) ?? [];
    return {
      name: `${file}: ${attribute(head, "name")}`,
      outcome: kind === undefined ? "passed" : kind === "skipped" ? "skipped" : "failed",
      text: `${attribute(attributes, "message")}\n${decoded(details)}`.trim(),
    };
  });
}

function attribute(text: string, name: string): string {
  return decoded(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#(x?)([0-9a-fA-F]+)|([a-z]+));/g, (whole, hex: string, digits: string, name: string) =>
    digits === undefined ? (ENTITIES[name] ?? whole) : String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
  );
}

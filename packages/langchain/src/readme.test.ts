import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ChatCapabilities, createCatalog } from "@laplas/core";
import { describe, expect, it } from "vitest";
import {
  CALL_OPTION_DECISIONS,
  CONFIGURATION_DECISIONS,
  type Decision,
  FIELD_DECISIONS,
} from "./chat/field-decisions.js";
import { ENGINE_SETTINGS } from "./engine/engine-fields.js";
import {
  FatalLimitError,
  FatalUpstreamError,
  InvalidOptionsError,
  type LaplasError,
  type LaplasErrorCode,
  LedgerError,
  RetryableLimitError,
  UpstreamError,
} from "./index.js";
import { openWorld } from "./testing/open-world.js";

const packageRoot = fileURLToPath(new URL("..", import.meta.url));
/** Where packages of other providers are installed. */
const otherProviders = fileURLToPath(new URL("../../../test", import.meta.url));
const readme = readFileSync(`${packageRoot}README.md`, "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);

/** Runs a block as a program of its own, against a sandbox and with nothing but the environment to tell it so. */
function run(code: string, baseURL: string): Promise<string> {
  const loader = fileURLToPath(new URL("testing/resolve-sources.ts", import.meta.url));
  const laplas = { LAPLAS_API_KEY: "readme", LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: "memory" };
  const env = { PATH: process.env.PATH, ...laplas, OPENROUTER_API_KEY: "of-another-provider" };
  const cwd = code.includes('"@langchain/openrouter"') ? otherProviders : packageRoot;
  return new Promise((resolve, reject) => {
    const options = [
      "--experimental-strip-types",
      "--import",
      loader,
      "--input-type=module-typescript",
      "--eval",
      code,
    ];
    execFile(process.execPath, options, { cwd, env }, (error, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}

/** The rows of the table below a heading, each a list of its cells. */
function table(heading: string): string[][] {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const lines =
    section
      .split("\n## ")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("|")) ?? [];
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The words between backticks. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) => word);
}

function isOffered(decision: Decision): boolean {
  return !("refused" in decision || ("handledBy" in decision && decision.handledBy === "LangChain"));
}

/** One of every code: what it is called and whether it is retryable is the class's word. */
const ERRORS: Readonly<Record<LaplasErrorCode, LaplasError>> = {
  busy: new RetryableLimitError("busy", "", { retryAfterMs: 1 }),
  rate_limited: new RetryableLimitError("rate_limited", "", { retryAfterMs: 1 }),
  daily_quota: new FatalLimitError("daily_quota", ""),
  hourly_quota: new FatalLimitError("hourly_quota", ""),
  monthly_quota: new FatalLimitError("monthly_quota", ""),
  output_tokens: new FatalLimitError("output_tokens", ""),
  image_input: new FatalLimitError("image_input", ""),
  image_count: new FatalLimitError("image_count", ""),
  image_size: new FatalLimitError("image_size", ""),
  request_cost: new FatalLimitError("request_cost", ""),
  request_size: new FatalLimitError("request_size", ""),
  model_not_on_tier: new FatalLimitError("model_not_on_tier", ""),
  payment_required: new FatalLimitError("payment_required", ""),
  unavailable: new UpstreamError("unavailable", ""),
  network: new UpstreamError("network", ""),
  timeout: new UpstreamError("timeout", ""),
  invalid_request: new FatalUpstreamError("invalid_request", ""),
  authentication: new FatalUpstreamError("authentication", ""),
  context_length: new FatalUpstreamError("context_length", ""),
  unexpected_response: new FatalUpstreamError("unexpected_response", ""),
  invalid_options: new InvalidOptionsError(""),
  ledger: new LedgerError(""),
};

describe("README", () => {
  it("is at most 150 lines, and the first 30 name the output limit and what agents do about it", () => {
    const lines = readme.split("\n");
    expect(lines.length).toBeLessThanOrEqual(151);
    const screen = lines.slice(0, 30).join("\n");
    expect(screen).toContain("**512 output tokens**");
    expect(screen).toContain("`laplasLongAnswerMiddleware`");
  });

  it("names every field, call option and part of `configuration` that ChatLaplas takes beside LangChain's own", () => {
    const decisions = [FIELD_DECISIONS, CALL_OPTION_DECISIONS, CONFIGURATION_DECISIONS].flatMap(Object.entries);
    // LangChain's base class sets one of these, the platform knows the other.
    const unsaid = new Set(["promptIndex", "dangerouslyAllowBrowser"]);
    const names = decisions.flatMap(([name, decision]) => (isOffered(decision) && !unsaid.has(name) ? [name] : []));
    expect(names.length).toBeGreaterThan(40);
    const told = new Set(codeIn(readme).map((word) => word.replace(/\.effort$/, "")));
    expect(names.filter((name) => !told.has(name))).toEqual([]);
  });

  it("has a table of the fields that all classes share, with their variables", () => {
    const rows = table("Fields");
    const own = ENGINE_SETTINGS.map(([name]) => name);
    expect(rows.flatMap(([names = ""]) => codeIn(names))).toEqual([
      ...own,
      "engine",
      "maxRetries",
      "timeout",
      "deadlineMs",
    ]);
    for (const [name, variable] of ENGINE_SETTINGS) {
      const [, byDefault = ""] = rows.find(([names = ""]) => codeIn(names).includes(name)) ?? [];
      expect(byDefault.includes("LAPLAS_")).toBe(variable !== undefined);
      if (variable !== undefined) expect(byDefault).toContain(`\`${variable}\``);
    }
  });

  it("says of models what the catalog says, and has a row for every combination", () => {
    const models = createCatalog().models.flatMap((model) => (model.modality === "chat" ? [model] : []));
    const can = ({ tools, reasoning, responseFormat }: ChatCapabilities): string =>
      [tools, reasoning, responseFormat].map((has) => (has ? "yes" : "no")).join(" ");
    const rows = table("Models");
    for (const [tools, reasoning, json, cell = ""] of rows) {
      // What follows a colon is a remark.
      for (const pattern of codeIn(cell.split(":")[0] ?? "")) {
        const [start = "", end] = pattern.split("*");
        const isMeant = (id: string): boolean => (end === undefined ? id === start : id.startsWith(start));
        const meant = models.filter(({ id, aliases }) => [id, ...aliases].some(isMeant));
        expect.soft(meant, pattern).not.toEqual([]);
        for (const { id, capabilities } of meant) {
          expect.soft(`${id} ${can(capabilities)}`).toBe(`${id} ${tools} ${reasoning} ${json}`);
        }
      }
    }
    const told = rows.map(([tools, reasoning, json]) => `${tools} ${reasoning} ${json}`);
    expect(told.toSorted()).toEqual([...new Set(models.map(({ capabilities }) => can(capabilities)))].sort());
  });

  it("says of every error code whether it is retryable", () => {
    const told = table("Errors").flatMap(([codes = "", retryable]) => codeIn(codes).map((code) => [code, retryable]));
    const errors = Object.values(ERRORS).map(({ code, retryable }) => [code, retryable ? "yes" : "no"]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(errors));
    expect(told).toHaveLength(errors.length);
  });

  it.each(blocks.map((code, index) => [index + 1, code] as const))(
    "block %i runs and is never refused",
    async (_, code) => {
      const { sandbox } = await openWorld();
      const output = await run(code, sandbox.baseURL);
      for (const [told] of code.matchAll(/apiTokens: \d+|remaining: \d+/g)) expect(output).toContain(told);
      expect(sandbox.counts().answered).toBeGreaterThan(0);
      expect(sandbox.counts().refused).toBe(0);
    },
  );
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidOptionsError } from "@laplas/core";
import { expect, it, onTestFinished, test } from "vitest";
import type { GatewayConfig } from "./config-schema.js";
import { readConfig } from "./read-config.js";

const SECRET = "sk-51-never-show-this";

function folderWith(files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

function read(file: unknown, environment: Record<string, string> = {}, flags: GatewayConfig = {}): GatewayConfig {
  return readConfig({ directory: folderWith({ "laplas.config.json": file }), environment, flags });
}

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    expect(InvalidOptionsError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("expected a throw");
}

it("needs no file and no variable", () => {
  expect(readConfig({ directory: folderWith({}), environment: {} })).toEqual({});
});

it("lets the command line win over the environment, and that over the file", () => {
  const file = { port: 1, host: "127.0.0.3", tier: "paid", clients: [{ name: "file", token: "t".repeat(16) }] };
  const environment = { LAPLAS_PORT: "2", LAPLAS_HOST: "127.0.0.2", LAPLAS_LEDGER: "", HOME: "/" };
  expect(read(file, environment, { port: 3, host: undefined })).toEqual({ ...file, host: "127.0.0.2", port: 3 });
});

it("reads the status that a client wants for a used-up quota, and no other than 400 and 429", () => {
  const withStatus = (quotaStatus: unknown) => ({ clients: [{ name: "aider", token: "t".repeat(16), quotaStatus }] });
  expect(read(withStatus(400))).toEqual(withStatus(400));
  expect(messageOf(() => read(withStatus(403)))).toContain('"clients[0].quotaStatus"');
});

it("reads the bounds on all bodies at once, one of them or both", () => {
  for (const bodies of [{ maxBytes: 50_000_000 }, { maxBytes: 50_000_000, patienceMs: 500 }])
    expect(read({ bodies })).toEqual({ bodies });
  expect(messageOf(() => read({ bodies: { maxBytes: "50 MB" } }))).toContain('"bodies.maxBytes"');
  expect(messageOf(() => read({ bodies: { maxCount: 3 } }))).toContain('"maxCount"');
});

it("reads every variable", () => {
  const environment = {
    LAPLAS_API_KEY: "k",
    LAPLAS_BASE_URL: "http://u/v1",
    LAPLAS_TIER: "playground",
    LAPLAS_LEDGER: "memory",
    LAPLAS_PUBLIC_URL: "https://p",
    LAPLAS_GATEWAY_TOKEN: "a-token-of-mine-1",
    LAPLAS_ALLOWED_HOSTS: "one, two,",
    LAPLAS_ALLOWED_ORIGINS: "https://a",
    LAPLAS_SHOW_PROMPTS: "1",
    LAPLAS_CONTINUE_AT_CAP: "8",
    LAPLAS_LOG: "off",
  };
  expect(read({}, environment)).toEqual({
    apiKey: "k",
    baseURL: "http://u/v1",
    tier: "playground",
    ledger: "memory",
    publicURL: "https://p",
    clients: [{ name: "default", token: "a-token-of-mine-1" }],
    allowedHosts: ["one", "two"],
    allowedOrigins: ["https://a"],
    showPrompts: true,
    continueAtCap: 8,
    log: "off",
  });
});

it("takes the file that is named, by flag or variable", () => {
  const directory = folderWith({ "a.json": { port: 5 }, "b.json": { port: 6 } });
  expect(readConfig({ directory, file: "a.json", environment: { LAPLAS_CONFIG: "b.json" } })).toEqual({ port: 5 });
  expect(readConfig({ directory, environment: { LAPLAS_CONFIG: "b.json" } })).toEqual({ port: 6 });
  const message = messageOf(() => readConfig({ directory, file: "c.json", environment: {} }));
  expect(message).toMatch(/c\.json can't be read: ENOENT, there is no such file or folder/);
});

it("takes a tier's document and models of one's own as they are", () => {
  const file = { tier: { name: "mine", title: "Mine", rules: [] }, models: [{ id: "m", modality: "chat" }] };
  expect(read(file)).toEqual(file);
});

it("takes names of models beside models of one's own", () => {
  const models = { "claude-*": "gpt-4o-mini", own: { modality: "chat" } };
  expect(read({ models })).toEqual({
    models: [{ id: "own", modality: "chat" }],
    modelNames: { "claude-*": "gpt-4o-mini" },
  });
  expect(read({ models: { "claude-*": "gpt-4o" } })).toEqual({ modelNames: { "claude-*": "gpt-4o" } });
});

test.each<[string, unknown, Record<string, string>, RegExp]>([
  ["a name that a number serves", { models: { "claude-*": 5 } }, {}, /"models/],
  ["no JSON", `{"apiKey": "${SECRET}" "port": 1}`, {}, /laplas\.config\.json is not valid JSON from line 1 on/],
  ["no JSON further down", `{\n  "apiKey": "${SECRET}",\n  "port": 1,\n}`, {}, /is not valid JSON from line 4 on/],
  ["a list", "[]", {}, /laplas\.config\.json: must be an object\./],
  ["an unknown option", { apikey: SECRET }, {}, /there is no option "apikey"\. Options are .*apiKey/],
  ["an unknown field of a client", { clients: [{ name: "a", tokens: SECRET }] }, {}, /clients/],
  ["a port beyond", { port: 65_536 }, {}, /"port": .*65535/],
  ["a port that is a text", { port: "4114" }, {}, /"port": must be a port/],
  ["a count that is a text", { continueAtCap: "1" }, {}, /"continueAtCap": must be a whole number/],
  ["an empty text", { host: "" }, {}, /"host": must not be empty/],
  ["a log that there is not", { log: "xml" }, {}, /"log": .*json/],
  ["a variable that is no count", {}, { LAPLAS_CONTINUE_AT_CAP: "-1" }, /LAPLAS_CONTINUE_AT_CAP is "-1", but must be/],
  [
    "a variable beyond",
    {},
    { LAPLAS_CONTINUE_AT_CAP: "101" },
    /_AT_CAP is "101", but must be a whole number from 0 to 100\./,
  ],
  ["a count beyond", { continueAtCap: 101 }, {}, /"continueAtCap": .*100/],
  ["a variable that is no port", {}, { LAPLAS_PORT: "http" }, /LAPLAS_PORT is "http", but must be a port/],
  [
    "a switch that is neither",
    {},
    { LAPLAS_SHOW_PROMPTS: "perhaps" },
    /LAPLAS_SHOW_PROMPTS is "perhaps", but must be 1 or 0/,
  ],
  ["a variable with a log that there is not", {}, { LAPLAS_LOG: "xml" }, /^LAPLAS_LOG: "log": /],
])("%s is told with its place, and without a value that may be secret", (_, file, environment, message) => {
  const told = messageOf(() => read(file, environment));
  expect(told).toMatch(message);
  expect(told).not.toContain(SECRET);
});

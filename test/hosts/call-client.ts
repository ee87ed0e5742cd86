import { expect } from "vitest";
import type { ExpectedError } from "../clients/limits.ts";
import type { Door } from "../clients/open-gateway.ts";
import type { Python } from "./python.ts";

/** What a program of `clients/` says of an exception. */
export interface Failure {
  /** Its class and those above it. */
  readonly types: readonly string[];
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string;
  /** Seconds, as the exception says, or the answer that it keeps. */
  readonly retry_after: number | null;
}

/** What the sandbox says to "Hello", and of a weather that a tool has looked up. */
export const HELLO: unknown = expect.stringContaining("Hello there!");
export const WEATHER: unknown = expect.stringContaining("18 degrees and sunny in Lisbon");

/** Runs a case of a program against the gateway, or several. Rejects with what the program says of its exception. */
export async function callClient<Result>(
  python: Python | undefined,
  door: Door,
  program: string,
  names: string,
  { argument = {}, variables = {} }: { argument?: object; variables?: Record<string, string> } = {},
): Promise<Result> {
  if (python === undefined) throw new Error("there is no Python");
  const args = [`clients/${program}.py`, names, JSON.stringify(argument)];
  const { stdout, stderr } = await python.run(args, { LAPLAS_GATEWAY: door.baseURL, ...variables });
  // Some clients print as well.
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (line === "") throw new Error(stderr);
  const { result, error } = JSON.parse(line) as { result: Result; error?: Failure };
  if (error !== undefined) throw error;
  return result;
}

const CLASSES: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  404: "NotFoundError",
  429: "RateLimitError",
};

/** The class that the package has for the status, perhaps under one of the client's own. */
export function expectClass(thrown: unknown, module: string, status: number): void {
  expect((thrown as Failure).types).toContain(`${module}.${CLASSES[status]}`);
}

/** An exception of the openai package. */
export function expectOpenAIFailure(thrown: unknown, { status, code, message }: ExpectedError): void {
  expectClass(thrown, "openai", status);
  expect(thrown).toMatchObject({ status, code, message: expect.stringMatching(message) });
}

/** That every request was answered, and the sandbox has refused none. */
export function expectAllAnswered(door: Door, requests: number): void {
  expect(door.statuses()).toEqual(Array.from({ length: requests }, () => 200));
  expect(door.sandbox.counts()).toMatchObject({ answered: requests, refused: 0 });
}

/** Where tiktoken finds OpenAI's tokens, which it would download: LlamaIndex carries them. */
export async function tokenFiles(python: Python): Promise<string> {
  const program =
    "import importlib.util as u, pathlib; print(pathlib.Path(u.find_spec('llama_index.core').origin).parent)";
  const { stdout, stderr } = await python.run(["-c", program]);
  if (stdout === "") throw new Error(stderr);
  return `${stdout.trim()}/_static/tiktoken_cache`;
}

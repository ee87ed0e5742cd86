import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { World } from "./worlds.ts";

const COMMAND = fileURLToPath(new URL("../../../packages/cli/dist/laplas.js", import.meta.url));

export interface GeneratedOptions {
  readonly models?: readonly string[];
  readonly fallback?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What `laplas litellm-config` prints for a world's gateway. */
export async function generatedConfig(
  world: World,
  { models, fallback, variables }: GeneratedOptions,
): Promise<string> {
  const named = models === undefined ? [] : ["--models", models.join(",")];
  const spare = fallback === undefined ? [] : ["--fallback", fallback];
  const args = [COMMAND, "litellm-config", "--base-url", world.baseURL, ...named, ...spare];
  const { PATH = "", HOME = "" } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH, HOME, ...variables } });
  return stdout;
}

/** The configuration as an operator completes it: where it says so, a model of another vendor. */
export function withOtherModel(config: string, { other }: World): string {
  const place = /^ {2}# - model_name: .*\n {2}# {3}litellm_params: .*$/m;
  const server = { api_base: other.baseURL, api_key: "of-another-vendor", use_chat_completions_api: true };
  const params = { model: "openai/gpt-4o", ...server };
  const completed = config.replace(
    place,
    `  - model_name: "other"\n    litellm_params: ${JSON.stringify(params)}\n    model_info: { id: "other" }`,
  );
  if (completed === config) throw new Error("the configuration has no place for a model of another vendor");
  return completed;
}

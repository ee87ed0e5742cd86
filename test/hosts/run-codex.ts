import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blocksOf } from "../readme-blocks.ts";
import { openPackages } from "./npm.ts";
import type { Outcome } from "./python.ts";
import type { ServedAgent } from "./serve-agent.ts";

const bin = await openPackages("codex");

const page = readFileSync(new URL("../../docs/responses.md", import.meta.url), "utf8");
const [[, config] = [0, ""]] = blocksOf(page, "toml");
/** What it would fetch or tell besides the model. */
const offline = [...page.matchAll(/`([\w.]+ = false)`/g)].map(([, line = ""]) => line);

/** One prompt, with the configuration that its page has, and more. Without a model it asks for its own. */
export async function codex(
  { home, url, token, noInternet }: Pick<ServedAgent, "home" | "url" | "token" | "noInternet">,
  prompt: string,
  model?: string,
  subcommand: readonly string[] = [],
  more: { readonly settings?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const folder = join(home.path, "codex");
  await mkdir(folder, { recursive: true });
  const settings = config
    .replace(/^model = .*$/m, model === undefined ? "" : `model = "${model}"`)
    .replace("http://127.0.0.1:4114", url);
  await writeFile(join(folder, "config.toml"), [...offline, settings, more.settings ?? ""].join("\n"));
  // A sandbox of its own needs namespaces, which containers lack.
  const flags = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];
  const variables = { CODEX_HOME: folder, LAPLAS_TOKEN: token, TZ: "UTC", ...noInternet, ...more.variables };
  return home.run(join(bin, "codex"), ["exec", ...subcommand, ...flags, prompt], variables);
}

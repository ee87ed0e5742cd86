import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the page says that the gateway listens. */
const DEFAULT_GATEWAY = "http://127.0.0.1:4114/v1";

/** One diff of the page. */
export interface Swap {
  /** The heading it stands under, and its number on the page. */
  readonly title: string;
  readonly language: "js" | "python" | "shell";
  /** Whether its client asks the gateway, or has the engine's `fetch`. */
  readonly way: "gateway" | "fetch";
  readonly before: string;
  /** The program afterwards, with the address of a running gateway. */
  after(gateway: string): string;
}

export const PAGE = fileURLToPath(new URL("../../docs/swap-it-in.md", import.meta.url));

/** The diffs of docs/swap-it-in.md, or of another text of its kind. */
export function swaps(language: Swap["language"], text: string = readFileSync(PAGE, "utf8")): Swap[] {
  const found: Swap[] = [];
  let heading = "";
  for (const [, title, diff] of text.matchAll(/^## (.+)$|^```diff\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    if (diff === undefined) continue;
    const after = side(diff, "+");
    found.push({
      title: `${heading}, diff ${found.length + 1}`,
      language: languageOf(after),
      way: after.includes(DEFAULT_GATEWAY) ? "gateway" : "fetch",
      before: side(diff, "-"),
      after: (gateway) => after.replaceAll(DEFAULT_GATEWAY, gateway),
    });
  }
  return found.filter((swap) => swap.language === language);
}

function side(diff: string, sign: "+" | "-"): string {
  const lines = diff.split("\n").filter((line) => line === "" || line.startsWith(" ") || line.startsWith(sign));
  return lines.map((line) => line.slice(1)).join("\n");
}

function languageOf(program: string): Swap["language"] {
  if (program.startsWith("curl ")) return "shell";
  return /^import .+ from "/m.test(program) ? "js" : "python";
}

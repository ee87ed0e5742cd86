import { sentence } from "./sentence.js";

const verbs = ["load", "merge", "count", "render", "split", "verify", "archive"] as const;
const nouns = [
  "Cargo",
  "Crew",
  "Harbor",
  "Invoice",
  "Route",
  "Signal",
  "Tide",
  "Vessel",
  "Weather",
  "Winch",
  "Yard",
] as const;

/** One TypeScript function, with quotes, backslashes and tabs, so that a JSON string of it is full of escapes. */
export function functionSource(index: number, seed: number): string {
  const noun = nouns[(index * 3 + seed) % nouns.length] ?? nouns[0];
  const name = `${verbs[(index + seed) % verbs.length]}${noun}${index + 1}`;
  const limit = ((index + 1) * 37 + seed * 11) % 997;
  return [
    `/** ${sentence(index, seed + 1)}. */`,
    `export function ${name}(entries: readonly string[], limit = ${limit}): string {`,
    `\tconst kept = entries.filter((entry) => !/^\\s*#${index + 1}\\b/.test(entry) && entry.length <= limit);`,
    `\tif (kept.length === 0) throw new RangeError("${name}: nothing left of " + entries.length + " entries");`,
    `\treturn kept.map((entry, at) => \`\${at}: "\${entry}"\`).join("\\n"); // ${limit * 3}`,
    "}",
  ].join("\n");
}

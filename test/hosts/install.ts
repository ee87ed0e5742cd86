/**
 * Makes the environments of the real hosts, each with the time it took, so that their tests' own time can be told apart. What is
 * there already takes none.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPackages } from "./npm.ts";
import { openPython } from "./python.ts";

const WAYS = [
  { suffix: "-requirements.txt", open: openPython },
  { suffix: "-packages.json", open: openPackages },
];
const files = readdirSync(fileURLToPath(new URL(".", import.meta.url)));
for (const { suffix, open } of WAYS) {
  for (const file of files.filter((each) => each.endsWith(suffix))) {
    const name = file.slice(0, -suffix.length);
    const startedAt = Date.now();
    await open(name);
    console.log(`${name}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

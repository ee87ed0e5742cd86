/**
 * Makes the environments of the real hosts, each with the time it took, so that their tests' own time can be told apart. What is
 * there already takes none.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPython } from "./python.ts";

const SUFFIX = "-requirements.txt";
const names = readdirSync(fileURLToPath(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));
for (const name of names) {
  const startedAt = Date.now();
  await openPython(name);
  console.log(`${name}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Finding } from "./finding.js";

const PACKAGES = ["@laplas/core", "@laplas/sandbox"];

interface Manifest {
  readonly version: string;
  readonly engines?: { readonly node?: string };
}

/** Whether Node is new enough, and which packages are here. */
export async function examineVersions(): Promise<Finding[]> {
  const require = createRequire(import.meta.url);
  const own = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as Manifest;
  const others = PACKAGES.map((name) => {
    const { version } = require(`${name}/package.json`) as Manifest;
    return `${name} ${version}`;
  });
  const packages = [`@laplas/gateway ${own.version}`, ...others].join(", ");
  return [
    examineNode(process.versions.node, own.engines?.node ?? ""),
    { name: "packages", state: "ok", message: packages },
  ];
}

/** @param range as in a manifest, like `>=22.13` */
export function examineNode(version: string, range: string): Finding {
  const least = /[\d.]+/.exec(range)?.[0] ?? "0";
  if (isAtLeast(version, least)) return { name: "node", state: "ok", message: version };
  return {
    name: "node",
    state: "fault",
    message: `${version}, but ${least} or later is needed`,
    remedy: "Install a current Node.js: https://nodejs.org",
  };
}

function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, wanted] of (other ?? []).entries()) {
    const part = one?.[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

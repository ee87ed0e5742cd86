import type { Finding } from "./finding.js";
import { readManifest } from "./read-manifest.js";

const OWN = "laplas";
const PACKAGES = [OWN, "@laplas/core", "@laplas/gateway", "@laplas/sandbox"];

/** Whether Node is new enough, and which packages are here. */
export function examineVersions(): Finding[] {
  const packages = PACKAGES.map((name) => `${name} ${readManifest(name).version}`);
  return [
    examineNode(process.versions.node, readManifest(OWN).engines?.node ?? ""),
    { name: "packages", state: "ok", message: packages.join(", ") },
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

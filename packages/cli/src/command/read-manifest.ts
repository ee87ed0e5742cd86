import { createRequire } from "node:module";

/** The fields of a package's manifest that are read. */
export interface Manifest {
  readonly version: string;
  readonly engines?: { readonly node?: string };
}

/** The manifest of an installed package, or of our own by its name. */
export function readManifest(name: string): Manifest {
  return createRequire(import.meta.url)(`${name}/package.json`) as Manifest;
}

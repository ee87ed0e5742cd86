/** Node's modules that this package uses where there is Node. */
interface NodeModules {
  readonly "node:fs": typeof import("node:fs");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
  readonly "node:sqlite": typeof import("node:sqlite");
}

/**
 * Imports a module of Node's by a name that bundlers don't follow: a bundle for a browser can't hold it, and never gets here.
 * Rejects where there is no Node.
 */
export function importNode<Name extends keyof NodeModules>(name: Name): Promise<NodeModules[Name]> {
  return import(/* @vite-ignore */ name);
}

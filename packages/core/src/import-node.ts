/** Node's modules that this package uses where there is Node. */
interface NodeModules {
  readonly "node:dns": typeof import("node:dns");
  readonly "node:fs": typeof import("node:fs");
  readonly "node:module": typeof import("node:module");
  readonly "node:net": typeof import("node:net");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
  readonly "node:sqlite": typeof import("node:sqlite");
  readonly "node:url": typeof import("node:url");
  readonly "node:zlib": typeof import("node:zlib");
}

/**
 * A module of Node's, by a way that no bundler follows: an `import()` of a constant is an error in a bundle for a browser or a
 * worker, and one of a variable finds nothing in a bundle of webpack's, on Node either. Rejects where there is no Node.
 */
export async function importNode<Name extends keyof NodeModules>(name: Name): Promise<NodeModules[Name]> {
  const found = nodeModule(name);
  if (found === undefined) throw new Error(`${name} is not available here`);
  return found;
}

/** The same at once; `undefined` where there is no Node. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const found = typeof process === "undefined" ? undefined : process.getBuiltinModule?.(name);
  return found as NodeModules[Name] | undefined;
}

/**
 * A package that need not be installed, `undefined` where it is not or where there is no Node. Not by `import()` of a variable:
 * workerd's own tools refuse a program that holds one.
 */
export async function importOptional<Module>(name: string): Promise<Module | undefined> {
  const node = await importNode("node:module").catch(() => undefined);
  if (node === undefined) return undefined;
  // The CommonJS build has a path instead of an address, and some bundles have neither.
  const here = import.meta.url || (typeof __filename === "string" ? __filename : `${process.cwd()}/`);
  try {
    return node.createRequire(here)(name) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

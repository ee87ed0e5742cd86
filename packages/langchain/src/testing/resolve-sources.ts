/* Preloaded by a child process: runs the packages' TypeScript sources, as the unit tests do. */
import { registerHooks } from "node:module";

const packages = new URL("../../../", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, own, entry = "index"] = /^@laplas\/(\w+)(?:\/(\w+))?$/.exec(specifier) ?? [];
    if (own !== undefined) return next(new URL(`${own}/src/${entry}.ts`, packages).href, context);
    if (specifier.startsWith(".") && specifier.endsWith(".js") && context.parentURL?.startsWith(packages.href)) {
      if (!context.parentURL.includes("node_modules")) return next(`${specifier.slice(0, -3)}.ts`, context);
    }
    return next(specifier, context);
  },
});

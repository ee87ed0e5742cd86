import type { Preset } from "./preset.js";

/** What a path below a provider's base leads to. */
export function routeOf({ base, routes }: Preset, method: string, url: string): Preset["routes"][string] | undefined {
  const given = url.replace(/[?#].*$/, "").split("/");
  const steps = base.split("/");
  const fits = steps.every((step, index) =>
    step.startsWith(":") ? (given[index] ?? "") !== "" : step === given[index],
  );
  return fits ? routes[`${method} /${given.slice(steps.length).join("/")}`] : undefined;
}

import { type EngineProvider, type Laplas, type ModelStatus, tierLimits } from "@laplas/core";

/** The provider of an id; without one that which is asked first. */
export function providerOf(
  { providers, provider }: Pick<Laplas, "providers" | "provider">,
  id?: string,
): EngineProvider {
  return providers.find((one) => one.id === id) ?? provider;
}

/** The provider that a model's name says, which is the first where it says none. */
export function providerOfModel(laplas: Pick<Laplas, "providers" | "provider">, name: string): EngineProvider {
  return providerOf(laplas, name.split("/", 1)[0]);
}

/** Whether there is more to say than of laplas alone, whose windows count all models together. */
export function isPool({ providers, provider }: Pick<Laplas, "providers" | "provider">): boolean {
  return providers.length > 1 || provider.id !== "laplas";
}

/** Whether the tier of its provider serves a model. */
export function isServed(laplas: Pick<Laplas, "providers" | "provider">, model: ModelStatus): boolean {
  const { id, tier } = providerOf(laplas, model.provider);
  // Of several providers its name begins with theirs, and the tier knows it by its own.
  const own = laplas.providers.length > 1 ? model.id.slice(id.length + 1) : model.id;
  return tierLimits(tier, { ...model, id: own }).isServed;
}

/** Names that pick a model, where there are several providers to pick from: those that are always there, then the user's own. */
export function routeNames({ providers, routes }: Pick<Laplas, "providers" | "routes">): readonly string[] {
  const own = Object.keys(routes);
  return providers.length > 1 ? ["auto", "auto:tools", ...own.filter((name) => !/^auto(:tools)?$/.test(name))] : own;
}

/** The same in words: `auto, fast, or provider/model`. */
export function namesInWords(
  laplas: Pick<Laplas, "providers" | "routes">,
  show = (name: string): string => name,
): string {
  const names = routeNames(laplas).map(show);
  return names.length === 0 ? "provider/model" : `${names.join(", ")}, or provider/model`;
}

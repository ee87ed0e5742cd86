import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { ResolvedOptions } from "../options.js";

/** Whether to ask providers that may train on prompts, or do not say whether they do. */
export type Training = "allowed" | "refused";

/** A route with more to say than its models. */
export interface RouteDetails {
  /** In the order in which they are asked, as `provider/model`, or any name of a model. */
  readonly models: readonly string[];
  /** @default the engine's option `training` */
  readonly training?: Training | undefined;
}

/** Models under names of one's own: a list, or an object that says more. */
export type RouteOptions = Readonly<Record<string, readonly string[] | RouteDetails>>;

/** Names under which several models can be asked for. */
export interface Routes {
  readonly named: ReadonlyMap<string, RouteDetails>;
  /** For names outside `named`. */
  readonly training: Training;
}

export const NO_ROUTES: Routes = { named: new Map(), training: "allowed" };

/** The routes that are there without being made: all chat models of windowed tiers, and those of them that call tools. */
export const AUTO: readonly string[] = ["auto", "auto:tools"];

/** @throws InvalidOptionsError naming the place */
export function readRoutes(routes: unknown, training: unknown, all: readonly ResolvedOptions[]): Routes {
  const byDefault = readTraining('Option "training"', training) ?? "allowed";
  if (routes === undefined) return { named: new Map(), training: byDefault };
  if (!isRecord(routes)) {
    throw new InvalidOptionsError('Option "routes" must be an object, as in { fast: ["provider/model", ...] }.');
  }
  const named = new Map<string, RouteDetails>();
  for (const [name, route] of Object.entries(routes)) {
    const place = `routes.${name}`;
    if (name.trim() === "" || name.includes("/"))
      throw new InvalidOptionsError(
        `Option "routes" has the name ${quote(name)}: a name must not be empty or hold "/".`,
      );
    const details = Array.isArray(route) ? { models: route } : route;
    if (!isRecord(details) || !Array.isArray(details.models) || details.models.length === 0) {
      throw new InvalidOptionsError(
        `Option "${place}" must be a list of models, as in ["provider/model", ...], or { models: [...], training: "refused" }.`,
      );
    }
    const stranger = Object.keys(details).find((field) => field !== "models" && field !== "training");
    if (stranger !== undefined)
      throw new InvalidOptionsError(`There is no field ${quote(stranger)} of "${place}". Fields are models, training.`);
    const list = Array.isArray(route) ? place : `${place}.models`;
    named.set(name, {
      models: details.models.map((model, index) => readModel(`Option "${list}[${index}]"`, model, all)),
      training: readTraining(`Option "${place}.training"`, details.training) ?? byDefault,
    });
  }
  return { named, training: byDefault };
}

function readTraining(option: string, value: unknown): Training | undefined {
  if (value === undefined || value === "allowed" || value === "refused") return value;
  throw new InvalidOptionsError(`${option} is ${quote(value)}, but must be allowed or refused.`);
}

/** A list that is read from the provider's server is not known yet: any name is accepted for it. */
function readModel(option: string, model: unknown, all: readonly ResolvedOptions[]): string {
  if (typeof model !== "string" || model.trim() === "") {
    throw new InvalidOptionsError(
      `${option} is ${quote(model)}, but must be the name of a model, as in provider/model.`,
    );
  }
  const asks = (one: ResolvedOptions, name: string): boolean =>
    one.catalog.ready !== undefined || one.unknownModels === "send" || one.catalog.find(name).kind === "model";
  const provider = model.slice(0, Math.max(0, model.indexOf("/")));
  const own = all.find((one) => one.provider.id === provider);
  if (own !== undefined && asks(own, model.slice(provider.length + 1))) return model;
  if (own === undefined && all.some((one) => asks(one, model))) return model;
  const names = all.map((one) => one.provider.id).join(", ");
  throw new InvalidOptionsError(
    own === undefined
      ? `${option} is ${quote(model)}, which no provider of this engine has. Names are provider/model; providers are ${names}.`
      : `${option} is ${quote(model)}, but ${own.provider.title} has no such model.`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

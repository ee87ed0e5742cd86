import type { Engine } from "@laplas/core";
import type { GatewayConfig } from "../config/config-schema.js";
import type { Finding } from "./finding.js";

/**
 * Models of routes that no provider has. Calls pass them over without a word, since a provider may take a model away at any time: a slip
 * of the pen would go unseen as long as another model of the route answers.
 */
export async function examineRoutes(
  { check }: Pick<Engine, "check">,
  routes: GatewayConfig["routes"],
): Promise<Finding[]> {
  const found = await Promise.all(
    Object.entries(routes ?? {}).map(async ([name, route]) => {
      const models = "models" in route ? route.models : route;
      const faults = await Promise.all(models.map((model) => faultOf(check, model)));
      const missing = faults.filter((fault) => fault !== undefined);
      return missing.map(
        (message): Finding => ({
          name: "route",
          state: missing.length === models.length ? "fault" : "warning",
          message: `${name}: ${message}`,
          remedy: `Correct "routes" in the configuration.`,
        }),
      );
    }),
  );
  return found.flat();
}

/** Nothing is sent for it but what asks for lists of models. A list that can't be had is no fault of the route. */
async function faultOf(check: Engine["check"], model: string): Promise<string | undefined> {
  const { error } = await check({ model, messages: [{ role: "user", content: "Hello" }] });
  return error?.code === "model_not_on_tier" ? error.message : undefined;
}

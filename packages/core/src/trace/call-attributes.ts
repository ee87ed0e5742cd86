import type { CallContext } from "../call/call-context.js";
import type { PreparedCall, Totals } from "../call/prepared-call.js";
import { costOf } from "../cost/meter.js";
import type { CallEvent } from "../events.js";
import type { Endpoint, ReadRequest } from "../request/read-request.js";
import type { Attributes, AttributeValue } from "./open-telemetry.js";
import { providerName } from "./provider-name.js";

/** The conventions' names of what is asked for. They have none for a picture alone: it is content like another. */
export const OPERATIONS: Readonly<Record<Endpoint, string>> = {
  chat: "chat",
  embedding: "embeddings",
  image: "generate_content",
};

/** Whom a call goes to. */
export function targetAttributes({ options }: Pick<CallContext, "options">): Attributes {
  const { hostname, port, protocol } = new URL(options.baseURL);
  return {
    "gen_ai.provider.name": providerName(options.provider),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "http:" ? 80 : 443),
  };
}

/** What is asked for, as far as the conventions have a name for it. @param asked the caller's name of the model, or of a route */
export function requestAttributes({ request, found, limits }: PreparedCall, asked: string): Attributes {
  const { body } = request;
  return definedOf({
    "gen_ai.request.model": found.id,
    "laplas.asked_model": asked === found.id ? undefined : asked,
    "gen_ai.output.type": outputType(request),
    ...(request.endpoint === "embedding"
      ? {
          "gen_ai.embeddings.dimension.count": numberIn(body.dimensions),
          "gen_ai.request.encoding_formats":
            typeof body.encoding_format === "string" ? [body.encoding_format] : undefined,
        }
      : {
          "gen_ai.request.stream": request.stream || undefined,
          "gen_ai.request.max_tokens": limits.maxOutputTokens ?? request.maxOutputTokens,
          "gen_ai.request.choice.count": body.n === 1 ? undefined : numberIn(body.n),
          "gen_ai.request.seed": numberIn(body.seed),
          "gen_ai.request.temperature": numberIn(body.temperature),
          "gen_ai.request.top_p": numberIn(body.top_p),
          "gen_ai.request.top_k": numberIn(body.top_k),
          "gen_ai.request.frequency_penalty": numberIn(body.frequency_penalty),
          "gen_ai.request.presence_penalty": numberIn(body.presence_penalty),
          "gen_ai.request.stop_sequences": stopsIn(body.stop),
          "gen_ai.request.reasoning.level":
            typeof body.reasoning_effort === "string" ? body.reasoning_effort : undefined,
        }),
  });
}

/** How a call came out. */
export function endAttributes(event: CallEvent, totals: Totals | undefined): Attributes {
  const { usage } = totals ?? {};
  return definedOf({
    "gen_ai.usage.input_tokens": event.inputTokens,
    "gen_ai.usage.output_tokens": event.outputTokens,
    "laplas.usage_estimated": usage?.estimated === true || undefined,
    "laplas.provider": event.provider,
    "laplas.outcome": event.outcome,
    "laplas.request_id": event.requestId,
    "laplas.wait_seconds": event.waitedMs / 1_000,
    "laplas.attempts": totals?.attempts ?? 0,
    "laplas.parts": event.parts,
    "laplas.ended": event.ended,
    [event.apiTokens === undefined ? "laplas.credits" : "laplas.api_tokens"]:
      event.tokens === undefined ? costOf(event) : undefined,
    "laplas.cost_estimated": event.estimated,
    "laplas.adjusted": event.adjusted.length === 0 ? undefined : event.adjusted.map(({ to }) => to),
    "laplas.truncated_by_tier": totals?.truncated === true || undefined,
  });
}

function outputType({ endpoint, body }: ReadRequest): string | undefined {
  if (endpoint === "image") return "image";
  const { type } = (body.response_format ?? {}) as { type?: unknown };
  if (endpoint === "embedding" || typeof type !== "string") return undefined;
  return type.startsWith("json") ? "json" : "text";
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function stopsIn(stop: unknown): readonly string[] | undefined {
  const stops = (Array.isArray(stop) ? stop : [stop]).filter((one) => typeof one === "string");
  return stops.length === 0 ? undefined : stops;
}

function definedOf(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Attributes;
}

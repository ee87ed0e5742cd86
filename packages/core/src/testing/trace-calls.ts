import { context, propagation, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { onTestFinished } from "vitest";

/** What a program traces. */
export interface Traced {
  /** The spans that have ended, in that order. */
  spans(): readonly ReadableSpan[];
  /** Those of calls. */
  calls(): readonly ReadableSpan[];
  /** Those of requests to a provider. */
  requests(): readonly ReadableSpan[];
}

/**
 * Registers OpenTelemetry's own SDK for as long as the test lasts.
 *
 * @param hasContext whether with a context manager, which browsers lack
 */
export function traceCalls({ hasContext = true, sampler }: { hasContext?: boolean; sampler?: Sampler } = {}): Traced {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const provider = new NodeTracerProvider({ spanProcessors, ...(sampler === undefined ? {} : { sampler }) });
  if (hasContext) provider.register();
  else trace.setGlobalTracerProvider(provider);
  onTestFinished(async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    await provider.shutdown();
  });
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  return {
    spans,
    calls: () => spans().filter(({ attributes }) => "gen_ai.operation.name" in attributes),
    requests: () => spans().filter(({ name }) => name === "laplas.request"),
  };
}

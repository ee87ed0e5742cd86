/** A value of a span's attribute. */
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Record<string, AttributeValue>;

/** What is used of a span. */
export interface Span {
  isRecording(): boolean;
  spanContext(): { readonly traceId: string };
  setAttributes(attributes: Attributes): unknown;
  updateName(name: string): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** What travels with asynchronous work. */
export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
  deleteValue(key: symbol): Context;
}

interface SpanOptions {
  readonly kind: number;
  readonly attributes: Attributes;
}

interface Tracer {
  startSpan(name: string, options: SpanOptions, context: Context): Span;
}

interface ContextManager {
  active(): Context;
  with<T>(context: Context, work: () => T): T;
}

interface Propagator {
  extract(context: Context, carrier: Headers, getter: HeaderGetter): Context;
}

interface HeaderGetter {
  keys(carrier: Headers): string[];
  get(carrier: Headers, key: string): string | undefined;
}

/** What a program has registered. */
export interface OpenTelemetry {
  readonly trace?: { getTracer(name: string): Tracer };
  readonly context?: ContextManager;
  readonly propagation?: Propagator;
}

/** Values of the API's enumerations, the same since 1.0. */
export const INTERNAL = 0;
export const CLIENT = 2;
export const ERROR = 2;

/** Names what makes the spans. */
const TRACER = "@laplas/core";

/** The key of the active span in a context. */
const SPAN: symbol = Symbol.for("OpenTelemetry Context Key SPAN");
const API: symbol = Symbol.for("opentelemetry.js.api.1");

/**
 * OpenTelemetry's API as the program has registered it. It is read from the place where all copies of the API meet, and not imported: so it
 * costs one look where nobody traces, builds for browsers without it, and works with an SDK of any version 1, where an import of a newer
 * copy finds nothing (1.10 refuses what 1.9 has registered).
 */
export function openTelemetry(): OpenTelemetry | undefined {
  return (globalThis as { [API]?: OpenTelemetry })[API as never];
}

/** Begins a span in a context. @returns `undefined` where the program traces nothing, and where its SDK fails */
export function startSpan(
  { trace }: OpenTelemetry,
  name: string,
  options: SpanOptions,
  context: Context,
): Span | undefined {
  return harmlessly(() => trace?.getTracer(TRACER).startSpan(name, options, context));
}

/** The context of now. Where the program has no context manager, an empty one. */
export function activeContext({ context }: OpenTelemetry): Context {
  return context?.active() ?? contextOf(new Map());
}

/** A context in which a span is the active one. */
export function withSpan(context: Context, span: Span): Context {
  return context.setValue(SPAN, span);
}

export function hasSpan(context: Context): boolean {
  return context.getValue(SPAN) !== undefined;
}

/** Runs work in a context. */
export function runIn<T>({ context: manager }: OpenTelemetry, context: Context, work: () => T): T {
  return manager === undefined ? work() : manager.with(context, work);
}

/** Does something that a program's SDK may fail at, such as a span processor of its own: no call fails by being traced. */
export function harmlessly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function contextOf(values: ReadonlyMap<symbol, unknown>): Context {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => contextOf(new Map(values).set(key, value)),
    deleteValue: (key) => contextOf(new Map([...values].filter(([name]) => name !== key))),
  };
}

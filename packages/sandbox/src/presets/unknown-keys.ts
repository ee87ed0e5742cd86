import type { Strictness, Violation } from "./strictness.js";

type Path = readonly (string | number)[];

/** Every key of a body that a provider does not know, in the order in which they stand. */
export function unknownKeys(input: unknown, strictness: Strictness): readonly Violation[] {
  const body = objectOf(input);
  return [
    ...foreign(body, strictness.root, []),
    ...listOf(body.messages).flatMap((message, index) => messageFaults(message, index, strictness)),
    ...foreign(objectOf(body.stream_options), strictness.streamOptions ?? "any", ["stream_options"]),
    ...listOf(body.tools).flatMap((tool, index) => toolFaults(tool, index, strictness)),
  ];
}

function messageFaults(input: unknown, index: number, strictness: Strictness): readonly Violation[] {
  const message = objectOf(input);
  const role = String(message.role);
  const path = ["messages", index] as const;
  const known = Object.entries(strictness.messages).find(([name]) => name === role)?.[1];
  if (known === undefined) {
    return [{ kind: "invalid", path: [...path, "role"], message: `unknown role ${role}`, input: role, role }];
  }
  const faults = foreign(message, known, path).map((fault) => ({ ...fault, role }));
  if (!strictness.plainContent || typeof message.content === "string") return faults;
  const type = Array.isArray(message.content) ? "array" : message.content === null ? "null" : "undefined";
  if (type === "undefined" && role === "assistant") return faults;
  const plain = `Type mismatch of '/messages/${index}/content', '${type}' not in 'string'`;
  return [...faults, { kind: "invalid", path: [...path, "content"], message: plain, role }];
}

function toolFaults(input: unknown, index: number, strictness: Strictness): readonly Violation[] {
  const offered = objectOf(objectOf(input).function);
  const path = ["tools", index, "function"] as const;
  return [
    ...foreign(offered, strictness.toolFunction, path),
    ...schemaFaults(offered.parameters, new Set(strictness.noSchemaKeys), [...path, "parameters"]),
  ];
}

/** Keywords of a schema only: below `properties` stand names, which may be any. */
function schemaFaults(input: unknown, forbidden: ReadonlySet<string>, path: Path, depth = 0): readonly Violation[] {
  if (forbidden.size === 0 || depth > 40) return [];
  if (Array.isArray(input)) {
    return input.flatMap((entry, index) => schemaFaults(entry, forbidden, [...path, index], depth + 1));
  }
  return Object.entries(objectOf(input)).flatMap(([key, value]) => {
    const at = [...path, key];
    if (forbidden.has(key)) return [unknown(at, value)];
    if (key === "enum" || key === "required" || key === "default") return [];
    if (key !== "properties") return schemaFaults(value, forbidden, at, depth + 1);
    return Object.entries(objectOf(value)).flatMap(([name, schema]) =>
      schemaFaults(schema, forbidden, [...at, name], depth + 1),
    );
  });
}

function foreign(value: Record<string, unknown>, known: readonly string[] | "any", path: Path): readonly Violation[] {
  if (known === "any") return [];
  const keys = Object.keys(value).filter((key) => !known.includes(key));
  return keys.map((key) => unknown([...path, key], value[key]));
}

function unknown(path: Path, input: unknown): Violation {
  return { kind: "unknown", path, message: `unknown key ${path.at(-1)}`, input };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * What the Langflow package has to know without asking a gateway, written from @laplas/core: the models that it offers while no
 * gateway answers, and the codes of errors that pass, for streams that break, which have no headers to say so.
 *
 *   node scripts/run.mjs scripts/langflow-catalog.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createLaplas,
  FatalLimitError,
  FatalUpstreamError,
  InvalidOptionsError,
  type LaplasError,
  type LaplasErrorCode,
  LedgerError,
  RetryableLimitError,
  toErrorResponse,
  UpstreamError,
} from "../packages/core/dist/index.js";

/** A file of the package, and its text as it has to be. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** All that this script writes. */
export async function writeCatalog(): Promise<readonly WrittenFile[]> {
  return [
    { path: pathOf("known_models.py"), text: await knownModels() },
    { path: pathOf("known_codes.py"), text: await knownCodes() },
  ];
}

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../packages/langflow/src/lfx_laplas/${name}`, import.meta.url));

interface Row {
  readonly id: string;
  readonly modality: string;
  readonly alias_of?: string;
  readonly capabilities?: { readonly tools?: boolean; readonly reasoning?: boolean };
}

async function knownModels(): Promise<string> {
  const laplas = createLaplas({ apiKey: "none", ledger: "memory" });
  const response = await laplas.fetch("http://catalog.invalid/v1/models");
  const { data } = (await response.json()) as { data: readonly Row[] };
  await laplas.close();
  const rows = data.filter(({ alias_of: alias }) => alias === undefined).map(pythonRow);
  return `"""The models of the catalog, for when no gateway answers. Written by scripts/langflow-catalog.ts; don't edit."""

from __future__ import annotations

from typing import Any


def _row(model: str, modality: str, *capabilities: str) -> dict[str, Any]:
    return {"id": model, "modality": modality, "capabilities": dict.fromkeys(capabilities, True)}


KNOWN_MODELS: list[dict[str, Any]] = [
${rows.join("\n")}
]
`;
}

function pythonRow({ id, modality, capabilities = {} }: Row): string {
  const { tools, reasoning } = capabilities;
  const can = [...(tools === true ? ["tools"] : []), ...(reasoning === true ? ["reasoning"] : [])];
  return `    _row(${[id, modality, ...can].map((text) => JSON.stringify(text)).join(", ")}),`;
}

/** One of each, so that the compiler asks for a code that is new. */
const ERRORS: Readonly<Record<LaplasErrorCode, LaplasError>> = {
  busy: new RetryableLimitError("busy", "", { retryAfterMs: 2_000 }),
  rate_limited: new RetryableLimitError("rate_limited", "", { retryAfterMs: 2_000 }),
  daily_quota: new FatalLimitError("daily_quota", ""),
  hourly_quota: new FatalLimitError("hourly_quota", ""),
  monthly_quota: new FatalLimitError("monthly_quota", ""),
  image_input: new FatalLimitError("image_input", ""),
  output_tokens: new FatalLimitError("output_tokens", ""),
  image_count: new FatalLimitError("image_count", ""),
  image_size: new FatalLimitError("image_size", ""),
  request_cost: new FatalLimitError("request_cost", ""),
  request_size: new FatalLimitError("request_size", ""),
  model_not_on_tier: new FatalLimitError("model_not_on_tier", ""),
  payment_required: new FatalLimitError("payment_required", ""),
  unavailable: new UpstreamError("unavailable", ""),
  timeout: new UpstreamError("timeout", ""),
  network: new UpstreamError("network", ""),
  invalid_request: new FatalUpstreamError("invalid_request", ""),
  authentication: new FatalUpstreamError("authentication", ""),
  context_length: new FatalUpstreamError("context_length", ""),
  unexpected_response: new FatalUpstreamError("unexpected_response", ""),
  invalid_options: new InvalidOptionsError(""),
  ledger: new LedgerError(""),
};

async function knownCodes(): Promise<string> {
  const responses = Object.values(ERRORS).map((error) => toErrorResponse(error));
  const passing = responses.filter(({ headers }) => headers.get("x-should-retry") === "true");
  const codes = await Promise.all(
    passing.map(async (response) => ((await response.json()) as { error: { code: string } }).error.code),
  );
  const lines = codes.sort().map((code) => `        ${JSON.stringify(code)},`);
  return `"""The gateway's codes of errors that pass. Written by scripts/langflow-catalog.ts; don't edit."""

from __future__ import annotations

PASSING_CODES = frozenset(
    [
${lines.join("\n")}
    ]
)
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { path, text } of await writeCatalog()) await writeFile(path, text);
}

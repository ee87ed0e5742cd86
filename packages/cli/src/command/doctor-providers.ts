import { createEngine, InvalidOptionsError, type ProviderSettings, resolveProvider } from "@laplas/core";
import type { GatewayConfig } from "../config/config-schema.js";
import type { NamedProvider } from "../config/read-providers.js";
import type { Terminal } from "../terminal/terminal.js";
import { DEFAULT_URL, examineClock, get, listOf, shown } from "./doctor-upstream.js";
import type { Finding } from "./finding.js";

/** Asks each provider for its list of models, at once, which costs nothing: a line for each, and one for the clock. */
export async function examineProviders(
  { environment }: Terminal,
  config: GatewayConfig,
  baseURLs: readonly string[] | undefined,
): Promise<Finding[]> {
  const { findDocuments } = await import("../config/read-providers.js");
  let named: readonly NamedProvider[];
  try {
    named = findDocuments(config.providers ?? []);
  } catch (error) {
    return [faultOf("providers", error)];
  }
  const answers = await Promise.all(
    named.map((one, index) => examineProvider(one, config, environment, baseURLs?.[index])),
  );
  const dated = answers.find(({ clock }) => clock !== undefined);
  return [...answers.map(({ finding }) => finding), ...(dated?.clock ?? [])];
}

interface Examined {
  readonly finding: Finding;
  readonly clock?: readonly Finding[];
}

async function examineProvider(
  one: NamedProvider,
  config: GatewayConfig,
  environment: Terminal["environment"],
  sandboxURL: string | undefined,
): Promise<Examined> {
  const { readProviders } = await import("../config/read-providers.js");
  const { id: name } = one;
  try {
    const [settings] = readProviders([one], config, environment, sandboxURL === undefined ? undefined : [sandboxURL]);
    if (settings === undefined) throw new TypeError("an entry has settings");
    const engine = createEngine({ providers: [settings], ledger: "memory", environment });
    await engine.close();
    const { baseURL, path, headers } = addressOf(settings, environment);
    const started = Date.now();
    const answer = await get(baseURL + path, settings.apiKey, headers);
    const ended = Date.now();
    if ("reason" in answer) {
      const message = `${shown(baseURL)} can't be reached (${answer.reason})`;
      return {
        finding: {
          name,
          state: "fault",
          passing: true,
          message,
          remedy: "Look at the network, a proxy or a firewall.",
        },
      };
    }
    const clock = examineClock(answer.headers.get("date"), (started + ended) / 2, engine.tier);
    return { finding: await examineAnswer(one, answer, shown(baseURL), ended - started), clock };
  } catch (error) {
    return { finding: faultOf(name, error) };
  }
}

/** Where the list of models is. @throws InvalidOptionsError */
function addressOf(
  { document, baseURL: given }: ProviderSettings,
  environment: Terminal["environment"],
): { readonly baseURL: string; readonly path: string; readonly headers: Readonly<Record<string, string>> } {
  if (document === "laplas") {
    return { baseURL: (given ?? DEFAULT_URL).replace(/\/+$/, ""), path: "/models", headers: {} };
  }
  const { baseURL, paths, headers } = resolveProvider(document, { environment, baseURL: given?.replace(/\/+$/, "") });
  return { baseURL, path: paths.models, headers };
}

function faultOf(name: string, error: unknown): Finding {
  if (!InvalidOptionsError.isInstance(error)) throw error;
  return { name, state: "fault", message: error.message };
}

async function examineAnswer(
  { id: name, entry, document }: NamedProvider,
  answer: Response,
  baseURL: string,
  tookMs: number,
): Promise<Finding> {
  const { ok, status } = answer;
  const models = await listOf(answer);
  if (ok && models !== undefined) {
    return { name, state: "ok", message: `${baseURL} answers, in ${tookMs} ms, with ${models.length} models` };
  }
  // One whose models its document names need have no list.
  if ((status === 404 || status === 405) && document !== "laplas" && Array.isArray(document.models)) {
    const message = `${baseURL} answers, in ${tookMs} ms; it has no list, so only a call shows whether it accepts the key`;
    return { name, state: "ok", message };
  }
  if (status === 401 || status === 403) {
    const where = entry.keyVariable === undefined ? "keys.json" : entry.keyVariable;
    const remedy = `Look at ${where}: was it copied whole, is it still valid, is it for this address?`;
    return { name, state: "fault", message: `${baseURL} does not accept the key (${status})`, remedy };
  }
  if (status >= 500 || status === 429) {
    const message = `${baseURL} ${status === 429 ? "wants to be asked later" : "is in trouble"} (${status})`;
    return { name, state: "fault", passing: true, message, remedy: "Try again later." };
  }
  const message = `${baseURL} answers, but not with a list of models (${status})`;
  return { name, state: "warning", message, remedy: 'Look at "baseURL" of its entry.' };
}

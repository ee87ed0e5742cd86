import type { Laplas, Status } from "@laplas/core";
import { clock, counted, namesInWords, providerOf, until, whole } from "@laplas/gateway/bodies";
import type { GatewayConfig } from "../config/config-schema.js";

type Row = readonly [label: string, text: string];

/** What is printed once the gateway listens. */
export interface Banner {
  readonly baseURL: string;
  readonly hasPlayground: boolean;
  /** Of the providers. */
  readonly rows: readonly Row[];
  readonly clients: GatewayConfig["clients"];
  readonly account: string;
}

export function banner({ baseURL, hasPlayground, rows, clients = [], account }: Banner): string {
  const names = clients.map(({ name }) => name);
  const lines: readonly Row[] = [
    ["Base URL", baseURL],
    ["Page", `${baseURL.replace(/v1$/, "")}${hasPlayground ? ", with a playground" : ""}`],
    ...rows,
    [
      "Clients",
      names.length === 0 ? "anyone on this machine, with any key" : `${names.join(", ")}, each with its token`,
    ],
    ["Account", account],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return `\nlaplas gateway\n${lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`).join("")}\nCtrl-C stops it.\n\n`;
}

/** What serves one tier. */
export function tierRows(
  laplas: Laplas,
  { windows, paymentRequired, blockedUntil }: Status,
  isSandbox: boolean,
  ofAgents: number,
): Row[] {
  return [
    ["Tier", `${laplas.tier.name}${isSandbox ? ", on an embedded sandbox: nothing is spent" : ""}`],
    ...windows.map(
      ({ rule, unit, left, limit, resetsAt }): Row => [
        "Left",
        `${whole(left)} of ${whole(limit)} ${unit} until ${clock(resetsAt)} (${rule})`,
      ],
    ),
    ...(paymentRequired ? [["Closed", "payment required; once it is paid: laplas doctor --resume"] as const] : []),
    ...(blockedUntil === undefined
      ? []
      : [["Used up", `according to the server; asked again ${until(blockedUntil)}`] as const]),
    ...continuingLine(laplas, ofAgents),
  ];
}

/** What several providers serve, each with what is left of all its calls. */
export function poolRows(laplas: Laplas, statuses: readonly Status[], ofAgents: number): Row[] {
  const cutting = laplas.providers.find(({ tier }) => tier.rules.some(({ kind }) => kind === "maxOutputTokens"));
  return [
    ...statuses.map((status): Row => {
      const { id, tier } = providerOf(laplas, status.provider);
      return ["Asks", `${id}, ${tier.title}: ${stateOf(status)}`];
    }),
    ["Models", `${namesInWords(laplas, (name) => JSON.stringify(name))}: GET /v1/models`],
    ...(cutting === undefined ? [] : continuingLine({ ...laplas, tier: cutting.tier }, ofAgents)),
  ];
}

function stateOf({ windows, paymentRequired, blockedUntil }: Status): string {
  if (paymentRequired) return "closed, payment required; once it is paid: laplas doctor --resume";
  if (blockedUntil !== undefined) return `used up, according to the server; asked again ${until(blockedUntil)}`;
  if (windows.length === 0) return "counts each model by itself";
  return windows
    .map(({ rule, left, limit, unit }) => `${whole(left)} of ${whole(limit)} ${unit} left (${rule})`)
    .join(", ");
}

/** How far answers are continued, where the tier would cut them. @param ofAgents follow-ups of an answer to an agent */
function continuingLine({ tier, continueAtCap }: Pick<Laplas, "tier" | "continueAtCap">, ofAgents: number): Row[] {
  const count = Math.max(continueAtCap, ofAgents);
  if (count === 0 || !tier.rules.some(({ kind }) => kind === "maxOutputTokens")) return [];
  const further = `by up to ${counted(count, "further request")} each`;
  if (continueAtCap > 0) return [["Continued", `answers that the tier's limit cuts, ${further}`]];
  return [["Agents", `cut answers at /v1/responses and /v1/messages are continued, ${further}`]];
}

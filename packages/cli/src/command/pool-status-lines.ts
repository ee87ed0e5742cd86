import type { EngineProvider, Laplas, ModelUse, Status, WindowRule, WindowStatus } from "@laplas/core";
import { evidenceWords, namesInWords, providerOf, until, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, wrap } from "../terminal/table.js";
import { backWords, callRows, closedLines, placeWords, type View, windowLines } from "./status-lines.js";

/** What is left at each of several providers, of what, until when, and how sure that is. */
export function poolStatusLines(
  laplas: Pick<Laplas, "providers" | "provider" | "routes">,
  statuses: readonly Status[],
  view: View,
): string[] {
  const [first] = statuses;
  return [
    ...statuses.flatMap((status) => [...providerLines(providerOf(laplas, status.provider), status, view), ""]),
    ...fields(
      [["Names", namesInWords(laplas)], ...(first === undefined ? [] : [["Account", placeWords(first)] as const])],
      view.columns,
    ),
  ];
}

function providerLines({ id, tier }: EngineProvider, status: Status, view: View): string[] {
  const { now, columns } = view;
  const windows = tier.rules.filter((rule): rule is WindowRule => rule.kind === "window" && rule.limit > 0);
  const isUnused = windows.some(({ scope }) => scope === "model") && (status.models ?? []).length === 0;
  return [
    `${paint("bold", tier.title)} ${paint("dim", `(${id}, tier ${tier.name})`)}`,
    "",
    ...status.windows.flatMap((window) => {
      const rule = windows.find((one) => one.id === window.rule);
      return [...windowLines(window, view, rule === undefined ? "" : `; ${evidenceWords(rule.evidence, now)}`), ""];
    }),
    ...(windows.length === 0 ? ["  Nothing is counted on this tier.", ""] : []),
    ...closedLines(status, view),
    ...(status.models ?? []).flatMap((use) => [...modelLines(use, windows, view), ""]),
    ...fields(
      [
        ...(isUnused ? [["Models", `each counts by itself, none is used: laplas providers show ${id}`] as const] : []),
        ...callRows(status, view),
      ],
      columns,
    ),
  ];
}

/** A model with windows of its own: what is left of each. */
function modelLines(
  { model, windows, blockedUntil, isOff }: ModelUse,
  rules: readonly WindowRule[],
  { now, columns }: View,
): string[] {
  const state = isOff
    ? "not served on this plan, according to the server; to ask it again: laplas doctor --resume"
    : blockedUntil === undefined
      ? undefined
      : `used up, according to the server; asked again ${until(blockedUntil, now)}`;
  return [
    `  ${paint("bold", safeLine(model))}`,
    ...(state === undefined ? [] : wrap(state, columns - 4).map((line) => `    ${paint("red", line)}`)),
    ...windows.flatMap((window) => {
      const rule = rules.find(({ id }) => id === window.rule);
      const sure = rule === undefined ? "" : `; ${evidenceWords(rule.evidence, now)}`;
      return wrap(
        `${leftWords(window)} (${window.rule})${backWords(window, now)}${paint("dim", sure)}`,
        columns - 6,
      ).map((line, index) => `    ${index === 0 ? "" : "  "}${line}`);
    }),
  ];
}

function leftWords({ left, limit, unit }: WindowStatus): string {
  return paint(left <= 0 ? "red" : "green", `${whole(left)} of ${whole(limit)} ${unit} left`);
}

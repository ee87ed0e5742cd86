import { createWindow, type Window } from "../windows/window.js";
import type { Measure, Preset, PresetModel, WindowRule, WindowState } from "./preset.js";

/** Model tokens of a request, as far as they are known. */
export interface Amounts {
  promptTokens: number;
  /** The cap it names. */
  maxTokens: number | undefined;
}

/** What a provider remembers about one key. */
export interface PresetAccount {
  /** The model's windows at a moment, with what the request needs of them. */
  states(model: PresetModel, amounts: Amounts, at: number): readonly WindowState[];
  /** Charges what is charged at admission. */
  charge(model: PresetModel, amounts: Amounts, at: number): void;
  /** Charges what is known at the end only. */
  settle(model: PresetModel, amounts: Amounts, completionTokens: number, at: number): void;
  /** Counts a refusal where refusals count. */
  chargeRefusal(model: PresetModel, refusing: readonly WindowState[], at: number): void;
}

/** The smallest amount: a window that admits while anything remains is asked for this. */
const least = 1e-5;

export function createPresetAccount(preset: Preset): PresetAccount {
  const windows = new Map<string, Window>();

  function windowOf(rule: WindowRule, model: PresetModel, limit: number): Window {
    const key = rule.scope === "account" ? rule.id : `${rule.id} ${model.id}`;
    const window = windows.get(key) ?? createWindow(rule.shape, limit);
    windows.set(key, window);
    return window;
  }

  function applying(model: PresetModel): { rule: WindowRule; window: Window }[] {
    return preset.windows.flatMap((rule) => {
      const limit = model.limits[rule.id];
      return limit === undefined ? [] : [{ rule, window: windowOf(rule, model, limit) }];
    });
  }

  return {
    states: (model, amounts, at) =>
      applying(model).map(({ rule, window }) => {
        const needed = rule.admits === "anyRemaining" ? least : amountAtStart(rule.measure, model, amounts);
        return {
          rule,
          limit: window.limit,
          used: window.used(at),
          needed,
          waitMs: window.fitsAt(needed, at) - at,
          resetMs: window.resetsAt(at) - at,
        };
      }),
    charge(model, amounts, at) {
      for (const { rule, window } of applying(model)) window.add(amountAtStart(rule.measure, model, amounts), at);
    },
    settle(model, amounts, completionTokens, at) {
      for (const { rule, window } of applying(model)) {
        const more = amountAtEnd(rule.measure, model, amounts, completionTokens);
        if (more > 0 || (more < 0 && preset.refund)) window.add(more, at);
      }
    },
    chargeRefusal(model, refusing, at) {
      for (const { rule, window } of applying(model)) {
        if (rule.countsRefusals && !refusing.some((state) => state.rule === rule)) window.add(1, at);
      }
    },
  };
}

function amountAtStart(measure: Measure, model: PresetModel, { promptTokens, maxTokens = 0 }: Amounts): number {
  switch (measure) {
    case "requests":
      return 1;
    case "requested":
      return promptTokens + maxTokens;
    case "neurons":
      return (promptTokens * (model.neurons?.input ?? 0)) / 1e6;
    default:
      return promptTokens;
  }
}

/** What comes on top at the end; negative where less was used than asked for. */
function amountAtEnd(
  measure: Measure,
  model: PresetModel,
  { maxTokens = 0 }: Amounts,
  completionTokens: number,
): number {
  switch (measure) {
    case "requested":
      return completionTokens - maxTokens;
    case "total":
      return completionTokens;
    case "neurons":
      return (completionTokens * (model.neurons?.output ?? 0)) / 1e6;
    default:
      return 0;
  }
}

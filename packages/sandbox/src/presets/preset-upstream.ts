import type { Answer } from "../server/job.js";
import type { LoggedRequest } from "../server/request-log.js";
import type { Writer } from "../writing/writer.js";
import { answerPreset, brokenAnswer } from "./answer-preset.js";
import type { HostFailure, Preset, PresetModel, WindowState } from "./preset.js";
import { type Amounts, createPresetAccount, type PresetAccount } from "./preset-account.js";
import { errorReply, plainReply, type Reply } from "./preset-reply.js";
import { routeOf } from "./preset-route.js";
import type { CountTokens } from "./preset-tokens.js";
import { findModel, readChat } from "./read-chat.js";

/** Whether a request would be answered at a moment, and if not, when at the earliest. */
export interface Verdict {
  passes: boolean;
  /** The windows or checks that refuse it. */
  refusedBy: readonly string[];
  /** Milliseconds since 1970; infinite if it never passes. */
  readyAt: number;
}

export interface UpstreamOptions {
  preset: Preset;
  countTokens: CountTokens;
  apiKeys: readonly string[] | undefined;
  hostFails: (request: LoggedRequest, attempt: number) => HostFailure | undefined;
  now: () => number;
  writer: Writer;
}

export interface PresetUpstream {
  receive(request: LoggedRequest, apiKey: string | undefined): Reply;
  /** The answer to a chat of an accepted key. */
  answer(request: LoggedRequest, apiKey: string): Reply;
  judge(body: unknown, apiKey: string, at: number): Verdict;
  windows(modelId: string, apiKey: string, at: number): readonly WindowState[];
  clear(): void;
}

/** The interpreter of the descriptions: route, key, balance, body, model, context, windows, host, answer. */
export function createPresetUpstream(options: UpstreamOptions): PresetUpstream {
  const { preset, countTokens, now } = options;
  const { words } = preset;
  const accounts = new Map<string, PresetAccount>();
  const toldZero = new Set<string>();
  let attempts = 0;

  function accountOf(apiKey: string): PresetAccount {
    const account = accounts.get(apiKey) ?? createPresetAccount(preset);
    accounts.set(apiKey, account);
    return account;
  }

  function receive(request: LoggedRequest, apiKey: string | undefined): Reply {
    const route = routeOf(preset, request.method, request.path);
    if (route === undefined) {
      return errorReply(words.notFound(request.method, request.path), "refused", "not_found");
    }
    const listed = route === "models" && preset.publicModels === true;
    if (!listed && (apiKey === undefined || (options.apiKeys && !options.apiKeys.includes(apiKey)))) {
      return errorReply(words.wrongKey(apiKey !== undefined), "refused", "authentication");
    }
    if (route === "models") return plainReply(words.models(preset.models));
    if (route === "key") {
      const model = preset.models.find(({ limits }) => Object.keys(limits).length > 0);
      return plainReply(words.key?.(model ? states(model, none, apiKey ?? "", now()) : []));
    }
    return answer(request, apiKey ?? "");
  }

  function answer(logged: LoggedRequest, apiKey: string): Reply {
    const chat = readChat(logged.body, preset, countTokens);
    if ("error" in chat) return errorReply(chat.error, "refused", chat.reason);
    const { model, request, amounts } = chat;
    const account = accountOf(apiKey);
    const at = now();
    const windows = account.states(model, amounts, at);
    const refusing = refusingOf(windows);
    const circumstances = { model, now: at, promptTokens: amounts.promptTokens, refusing };
    if (refusing.length > 0) {
      account.chargeRefusal(model, refusing, at);
      const error = words.refused({ ...circumstances, completionTokens: undefined, windows });
      const reasons = refusing.map(({ rule }) => rule.id).join(" ");
      return errorReply(error, isNews(apiKey, model, refusing) ? "probe" : "refused", reasons);
    }
    account.charge(model, amounts, at);
    const failure = options.hostFails(logged, attempts++);
    const made = answerPreset(request, logged, { ...options, model, promptTokens: amounts.promptTokens, now: at });
    if (failure) return failedReply(failure, model, made.content);
    let settled = false;
    return {
      status: 200,
      headers: words.answered({
        ...circumstances,
        completionTokens: request.stream ? undefined : made.completionTokens,
        windows: account.states(model, amounts, at),
      }),
      content: made.content,
      outcome: "answered",
      tokens: amounts.promptTokens + made.completionTokens,
      settle() {
        if (settled) return;
        settled = true;
        account.settle(model, amounts, made.completionTokens, now());
      },
    };
  }

  /** That a plan leaves a model out nobody can know before the first refusal. */
  function isNews(apiKey: string, model: PresetModel, refusing: readonly WindowState[]): boolean {
    const told = `${apiKey} ${model.id}`;
    if (toldZero.has(told) || !refusing.some(({ limit }) => limit === 0)) return false;
    toldZero.add(told);
    return true;
  }

  function failedReply(failure: HostFailure, model: PresetModel, content: Answer["content"]): Reply {
    const error = words.hostFailed(failure, model);
    const reply = errorReply(error, "faulted", `host_${failure}`);
    if (failure !== "inside") return reply;
    return { ...reply, status: 200, headers: {}, content: brokenAnswer(content, error.body, model.id) };
  }

  function states(model: PresetModel, amounts: Amounts, apiKey: string, at: number): readonly WindowState[] {
    return accountOf(apiKey).states(model, amounts, at);
  }

  return {
    receive,
    answer,
    judge(body, apiKey, at) {
      const chat = readChat(body, preset, countTokens);
      if ("error" in chat) return { passes: false, refusedBy: [chat.reason], readyAt: Number.POSITIVE_INFINITY };
      const refusing = refusingOf(states(chat.model, chat.amounts, apiKey, at));
      return {
        passes: refusing.length === 0,
        refusedBy: refusing.map(({ rule }) => rule.id),
        readyAt: Math.max(at, ...refusing.map(({ waitMs }) => at + waitMs)),
      };
    },
    windows(modelId, apiKey, at) {
      const model = findModel(preset, modelId);
      return model ? states(model, none, apiKey, at) : [];
    },
    clear() {
      accounts.clear();
      toldZero.clear();
      attempts = 0;
    },
  };
}

const none: Amounts = { promptTokens: 0, maxTokens: undefined };

function refusingOf(states: readonly WindowState[]): readonly WindowState[] {
  return states.filter(({ waitMs }) => waitMs > 0);
}

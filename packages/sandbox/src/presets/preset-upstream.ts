import type { ChatRequest } from "../chat/chat-request.js";
import type { Answer } from "../server/job.js";
import type { LoggedRequest } from "../server/request-log.js";
import type { Writer } from "../writing/writer.js";
import { answerPreset, brokenAnswer } from "./answer-preset.js";
import type { ErrorReply, HostFailure, Preset, PresetModel, WindowState } from "./preset.js";
import { type Amounts, createPresetAccount, type PresetAccount } from "./preset-account.js";
import type { CountTokens } from "./preset-tokens.js";
import { readBody } from "./read-body.js";

/** What a provider answers, before it is sent. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  content: Answer["content"];
  outcome: "answered" | "refused" | "probe" | "faulted";
  reason?: string;
  /** Charges what is known at the end only. Called once, when the answer is complete. */
  settle(): void;
  /** Model tokens of the whole. */
  tokens: number;
}

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
  judge(body: unknown, apiKey: string, at: number): Verdict;
  windows(modelId: string, apiKey: string, at: number): readonly WindowState[];
  clear(): void;
}

interface Chat {
  model: PresetModel;
  request: ChatRequest;
  amounts: Amounts;
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

  function findModel(id: string): PresetModel | undefined {
    const bare =
      preset.idPrefix !== undefined && id.startsWith(preset.idPrefix) ? id.slice(preset.idPrefix.length) : id;
    return preset.models.find((model) => model.id === bare);
  }

  function readChat(body: unknown): Chat | { error: ErrorReply; reason: string } {
    const id = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
    if (typeof id !== "string") {
      return {
        error: words.invalid([{ kind: "invalid", path: ["model"], message: "model is required" }]),
        reason: "body",
      };
    }
    const model = findModel(id);
    if (!model) return { error: words.unknownModel(id), reason: "unknown_model" };
    const { balanceUsd = 0 } = preset;
    if (balanceUsd < 0 || (model.price && balanceUsd === 0)) {
      return { error: words.failed(402, "Payment Required"), reason: "payment" };
    }
    const read = readBody(body, preset.strictness, model);
    if ("violations" in read) return { error: words.invalid(read.violations), reason: "body" };
    const promptTokens = countPrompt(read.request, countTokens);
    const total = promptTokens + (read.request.maxTokens ?? 0);
    if (total > model.contextTokens) return { error: words.tooLong(model, total), reason: "context_length" };
    return { model, request: read.request, amounts: { promptTokens, maxTokens: read.request.maxTokens } };
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
    if (route === "models") return plain(words.models(preset.models));
    if (route === "key") {
      const model = preset.models.find(({ limits }) => Object.keys(limits).length > 0);
      return plain(words.key?.(model ? states(model, none, apiKey ?? "", now()) : []));
    }
    return answer(request, apiKey ?? "");
  }

  function answer(logged: LoggedRequest, apiKey: string): Reply {
    const chat = readChat(logged.body);
    if ("error" in chat) return errorReply(chat.error, "refused", chat.reason);
    const { model, request, amounts } = chat;
    const account = accountOf(apiKey);
    const at = now();
    const circumstances = { model, now: at, promptTokens: amounts.promptTokens };
    const refusing = refusingOf(account.states(model, amounts, at));
    if (refusing.length > 0) {
      account.chargeRefusal(model, refusing, at);
      const zero = refusing.some(({ limit }) => limit === 0);
      const isNews = zero && !toldZero.has(`${apiKey} ${model.id}`);
      if (isNews) toldZero.add(`${apiKey} ${model.id}`);
      const windows = refusing;
      const error = words.refused({ ...circumstances, completionTokens: undefined, windows });
      return errorReply(error, isNews ? "probe" : "refused", refusing.map(({ rule }) => rule.id).join(" "));
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
    judge(body, apiKey, at) {
      const chat = readChat(body);
      if ("error" in chat) return { passes: false, refusedBy: [chat.reason], readyAt: Number.POSITIVE_INFINITY };
      const refusing = refusingOf(states(chat.model, chat.amounts, apiKey, at));
      return {
        passes: refusing.length === 0,
        refusedBy: refusing.map(({ rule }) => rule.id),
        readyAt: Math.max(at, ...refusing.map(({ waitMs }) => at + waitMs)),
      };
    },
    windows(modelId, apiKey, at) {
      const model = findModel(modelId);
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

function routeOf(preset: Preset, method: string, url: string): Preset["routes"][string] | undefined {
  const path = url.replace(/[?#].*$/, "");
  const steps = preset.base.split("/");
  const given = path.split("/");
  const fits = steps.every((step, index) => (step.startsWith(":") ? given[index] !== "" : step === given[index]));
  return fits ? preset.routes[`${method} /${given.slice(steps.length).join("/")}`] : undefined;
}

/** All of a prompt is one text with one ratio; a message and the request cost a few tokens more. */
function countPrompt({ turns, tools }: ChatRequest, countTokens: CountTokens): number {
  const texts = turns.flatMap(({ text, toolCalls }) => [text, ...toolCalls.map((call) => call.name + call.arguments)]);
  const offered = tools.map((tool) => JSON.stringify(tool));
  return countTokens([...texts, ...offered].join("\n")) + 4 * turns.length + 3;
}

function errorReply(error: ErrorReply, outcome: Reply["outcome"], reason: string): Reply {
  const body = JSON.stringify(error.body);
  return {
    status: error.status,
    headers: error.headers ?? {},
    content: { kind: "json", body },
    outcome,
    reason,
    settle: () => {},
    tokens: 0,
  };
}

function plain(body: unknown): Reply {
  return {
    status: 200,
    headers: {},
    content: { kind: "json", body: JSON.stringify(body) },
    outcome: "answered",
    settle: () => {},
    tokens: 0,
  };
}

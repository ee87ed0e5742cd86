import { families } from "../families/families.js";
import type { ChatFamily } from "../families/family.js";
import { findChatModel } from "../models/catalog.js";
import { helloSamples } from "../models/hello-samples.js";
import type { ChatModel } from "../models/model.js";
import type { Answer, Endpoint } from "../server/job.js";
import type { LoggedRequest } from "../server/request-log.js";
import {
  contextOverflow,
  imageAttachment,
  invalidBody,
  type Refusal,
  tooManyOutputTokens,
  unknownModel,
} from "../tier/refusal.js";
import type { SandboxRules } from "../tier/rules.js";
import type { Writer } from "../writing/writer.js";
import type { ChatRequest } from "./chat-request.js";
import { chatUsage } from "./chat-usage.js";
import { completionBody } from "./completion-body.js";
import { completionEvents } from "./completion-events.js";
import { cutAnswer } from "./cut-answer.js";
import { findImageAttachment } from "./image-attachment.js";
import { countPromptTokens } from "./prompt-tokens.js";
import { endlessReasoning, reasoningOf } from "./reasoning.js";

export interface ChatEndpointOptions {
  rules: SandboxRules;
  usageShape: "usage" | "meta";
  now: () => number;
  writer: Writer;
}

/** `POST /v1/chat/completions`: the model's schema first, then the tier's static rules, then the context size. */
export function createChatEndpoint(options: ChatEndpointOptions): Endpoint {
  return (body, logged) => {
    const id = modelId(body);
    if (id === undefined) return { refusal: invalidBody("model: expected string, received nothing") };
    const model = findChatModel(id);
    if (!model) return { refusal: unknownModel(id) };
    const family = families[model.family];

    const image = options.rules.imageAttachments ? undefined : findImageAttachment(body);
    if (image) return { refusal: imageAttachment(image) };
    const read = family.read(body, model);
    if ("refusal" in read) return read;
    const { request } = read;

    const promptTokens = countPromptTokens(request);
    const refusal = tierFault(request, options.rules) ?? contextFault(request, model, promptTokens);
    if (refusal) return { refusal };
    return {
      job: {
        model,
        zeroCost: model.inputRate === 0 && model.outputRate === 0,
        streamed: request.stream,
        answer: () => answerChat(request, logged, model, family, promptTokens, options),
      },
    };
  };
}

function modelId(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("model" in body)) return undefined;
  return typeof body.model === "string" ? body.model : undefined;
}

function tierFault(request: ChatRequest, rules: SandboxRules): Refusal | undefined {
  const { largestMaxTokens: asked } = request;
  if (asked === undefined || rules.maxOutputTokens === null || asked <= rules.maxOutputTokens) return undefined;
  return tooManyOutputTokens(asked, rules.maxOutputTokens);
}

function contextFault(request: ChatRequest, model: ChatModel, promptTokens: number): Refusal | undefined {
  const completion = request.maxTokens ?? 0;
  if (model.contextTokens === null || promptTokens + completion <= model.contextTokens) return undefined;
  return contextOverflow(model.contextTokens, promptTokens, completion);
}

function answerChat(
  request: ChatRequest,
  logged: LoggedRequest,
  model: ChatModel,
  family: ChatFamily,
  promptTokens: number,
  options: ChatEndpointOptions,
): Answer {
  const speech = options.writer.speak(request, family, logged);
  const cap = request.maxTokens ?? family.defaultMaxTokens;
  const reasoning = speech.onlyThinks
    ? endlessReasoning(model.reasoning, cap)
    : reasoningOf(speech.about, speech.answer, model.reasoning);
  const answer = cutAnswer(speech.answer, reasoning, request, family, speech.cutting);
  speech.spoken(answer, reasoning.inline);
  const usage = chatUsage(request, model, promptTokens, answer);
  const completion = {
    answer,
    usage,
    usageShape: options.usageShape,
    choices: request.choices,
    emptyToolCalls: family.emptyToolCalls,
    created: Math.floor(options.now() / 1000),
    model: helloSamples.get(model.id)?.responseModel ?? model.id,
  };
  return {
    apiTokens: usage.apiTokens,
    content: request.stream
      ? completionEvents(completion, request.includeUsage)
      : { kind: "json", body: completionBody(completion) },
  };
}

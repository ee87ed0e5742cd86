/** Why a request is not answered: what goes into the published error body, and how the log counts it. */
export interface Refusal {
  status: number;
  message: string;
  /** Short name for the log. */
  reason: RefusalReason;
}

export type RefusalReason =
  | "authentication"
  | "body"
  | "concurrency"
  | "context_length"
  | "daily_quota"
  | "hourly_quota"
  | "image_attachment"
  | "image_cost"
  | "image_count"
  | "image_size"
  | "not_found"
  | "output_tokens"
  | "request_quota"
  | "rolling_quota"
  | "unknown_model"
  | "unsupported_value";

const billing = "https://www.apilaplas.com/app/billing";

/** The 403 of the free-tier page, since 2025-03. */
const spentBudgetMessage = `You have exhausted the available [plan.rule:api_token] resource limit. Update your payment method to continue using the service. For more information please visit ${billing}`;

/** The 429 of before 2025-03, which the General Info page still shows. */
const hourlyLimitMessage = `Free-tier limit: You've reached your free limit for the hour. Get Apilaplas Subscription to use API, visit ${billing}/ !`;

/** The same 403 for every spent budget: no other text was published. */
export function spentBudget(reason: "daily_quota" | "rolling_quota" | "request_quota"): Refusal {
  return { status: 403, message: spentBudgetMessage, reason };
}

export function hourlyLimit(): Refusal {
  return { status: 429, message: hourlyLimitMessage, reason: "hourly_quota" };
}

export function tooManyRequests(): Refusal {
  return { status: 429, message: "Too Many Requests", reason: "concurrency" };
}

export function invalidKey(): Refusal {
  return {
    status: 401,
    message: "This request requires a valid API key. You can create an API key on the billing page.",
    reason: "authentication",
  };
}

export function invalidBody(details: string): Refusal {
  return { status: 400, message: `Body validation error! ${details}`, reason: "body" };
}

/** The vendor's own 400, which comes through in the message as it is. */
export function vendorRefusal(message: string): Refusal {
  return { status: 400, message, reason: "body" };
}

export function unsupportedValue(details: string): Refusal {
  return { status: 400, message: `Unsupported value: ${details}`, reason: "unsupported_value" };
}

export function unknownModel(model: string): Refusal {
  return { status: 404, message: `The model '${model}' does not exist on this endpoint.`, reason: "unknown_model" };
}

export function notFound(method: string, path: string): Refusal {
  return { status: 404, message: `Cannot ${method} ${path}`, reason: "not_found" };
}

/** The body of this refusal was never published; the words are the sandbox's. */
export function tooManyOutputTokens(asked: number, limit: number): Refusal {
  return {
    status: 400,
    message: `Free-tier limit: ${asked} output tokens were asked for, at most ${limit} are available.`,
    reason: "output_tokens",
  };
}

/** The body of this refusal was never published; the words are the sandbox's. */
export function imageAttachment(place: string): Refusal {
  return {
    status: 400,
    message: `Free-tier limit: image attachments are not supported (${place}).`,
    reason: "image_attachment",
  };
}

/** The body of this refusal was never published; the words are the sandbox's. */
export function tooManyImages(model: string, asked: number, limit: number): Refusal {
  return {
    status: 400,
    message: `Free-tier limit: only ${limit} image can be generated at a time with ${model}, ${asked} were asked for.`,
    reason: "image_count",
  };
}

/** The body of this refusal was never published; the words are the sandbox's. */
export function imageTooLarge(model: string, size: string, side: number): Refusal {
  return {
    status: 400,
    message: `Free-tier limit: generated images are limited to ${side}x${side} pixels with ${model}, ${size} was asked for.`,
    reason: "image_size",
  };
}

/** The body of this refusal was never published; the words are the sandbox's. 403, as for the budget: it is the plan's. */
export function imageTooDear(needed: number, limit: number): Refusal {
  return {
    status: 403,
    message: `Free-tier limit: this image generation needs ${needed} API tokens per image, at most ${limit} are available.`,
    reason: "image_cost",
  };
}

/** OpenAI's words for a prompt that does not fit. */
export function contextOverflow(context: number, prompt: number, completion: number): Refusal {
  const asked =
    prompt > context
      ? `your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`
      : `you requested ${prompt + completion} tokens (${prompt} in the messages, ${completion} in the completion). Please reduce the length of the messages or completion.`;
  return {
    status: 400,
    message: `This model's maximum context length is ${context} tokens. However, ${asked}`,
    reason: "context_length",
  };
}

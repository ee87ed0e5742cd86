import { readUsage } from "../cost/read-usage.js";
import { mergeEmbeddings } from "../dialect/embedding.js";
import { mergeImages } from "../dialect/image.js";
import type { CostOf } from "../dialect/sum-meta.js";
import type { Provider } from "../provider/provider.js";
import type { EmbeddingList, ImageList, JsonObject } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import { embeddingUsage, withCost } from "./count-usage.js";
import type { Job } from "./job.js";
import type { PreparedCall } from "./prepared-call.js";
import { withCompleted } from "./with-completed.js";

/** Pictures or vectors: requests that are known from the start, whose results are one list. */
export function createListJob({ options: { provider } }: Pick<CallContext, "options">, plan: PreparedCall): Job {
  const { parts } = plan.adapted;
  const answers: JsonObject[] = [];
  let asked = 0;
  /** What was finished goes with an error, for calls of several requests: it has been paid for. */
  const failed = (error: unknown): unknown => {
    return parts.length < 2 ? error : withCompleted(error, soundOf(plan, answers));
  };
  return {
    next() {
      const part = parts[asked];
      asked += 1;
      return part && { plan, body: part.body, isFurther: asked > 1 };
    },
    take: (answer) => void answers.push(answer),
    failed,
    answer() {
      try {
        return mergeAll(provider, plan, answers);
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

/** The results before the first answer that makes no sense. */
function soundOf(plan: PreparedCall, answers: readonly JsonObject[]): readonly unknown[] {
  let sound: readonly unknown[] = [];
  for (let count = 1; count <= answers.length; count += 1) {
    try {
      sound = merge(plan, answers.slice(0, count)).data.filter(Boolean);
    } catch {
      break;
    }
  }
  return sound;
}

/** The answers of all requests as one, with its usage. @throws FatalUpstreamError `unexpected_response` */
function mergeAll(provider: Provider, plan: PreparedCall, answers: readonly JsonObject[]): EmbeddingList | ImageList {
  const merged = merge(plan, answers, (answer) => readUsage(answer, provider).use.credits);
  if (plan.request.endpoint === "embedding") {
    plan.totals.usage = embeddingUsage(provider, plan, answers);
    return { ...merged, usage: plan.totals.usage };
  }
  // Nobody manages a context by what an image says: that stays as it came.
  const { usage } = merged;
  if (typeof usage !== "object" || usage === null) return merged;
  return { ...merged, usage: withCost(usage, plan.unit, plan.totals.cost) };
}

/** The answers of several requests, or of the first of them, as one. @throws FatalUpstreamError `unexpected_response` */
function merge(
  { request, adapted, createdAt }: PreparedCall,
  answers: readonly JsonObject[],
  costOf: CostOf = () => undefined,
): EmbeddingList | ImageList {
  if (request.endpoint === "image") return mergeImages(answers, createdAt, costOf);
  const parts = adapted.parts.slice(0, answers.length);
  return mergeEmbeddings(request, parts, answers as unknown as EmbeddingList[], costOf);
}

import { InvalidOptionsError, type Plan, type PlannedCall } from "@laplas/core";
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { costWords, counted, duration } from "../words.js";
import { messagesOf } from "./ask-model.js";
import { chooseModel } from "./choose-model.js";
import { imageRequest } from "./draw-image.js";
import { runTool } from "./run-tool.js";
import type { Scene } from "./scene.js";

const MOST_CALLS = 1_000;
const MOST_TIMES = 1_000_000;

const CALL = z.object({
  tool: z.enum(["draw_image", "ask_model", "embed_texts"]),
  model: z.string().optional(),
  prompt: z.string().optional().describe("Of draw_image and ask_model"),
  system: z.string().optional().describe("Of ask_model"),
  size: z.string().optional().describe("Of draw_image"),
  texts: z.array(z.string()).min(1).optional().describe("Of embed_texts"),
  times: z.int().min(1).max(MOST_TIMES).default(1).describe("How often it is made"),
});

/** What a plan says. */
const OUTPUT = z.object({
  calls: z.number().describe("Calls that the tier takes"),
  requests: z.number().describe("Requests that they become"),
  cost: z.object({ expected: z.number(), worst: z.number(), unit: z.string() }),
  fits_today: z.boolean(),
  days: z.number().describe("Days that it takes at the usual cost, today included"),
  worst_days: z.number().describe("The same where each call costs as much as it can"),
  takes_ms: z.number().describe("Until the tier's windows let the last call pass"),
  bound_by: z.string().optional().describe("The rule that makes it take so long"),
  refused: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })).describe("Never possible"),
  fitting: z.array(z.object({ model: z.string(), cost: z.number() })).describe("Models with which all would fit today"),
  problem: z.string().optional().describe("Why it is not known what is left"),
});

/** Adds the tool that plans a job. */
export function addPlan(server: McpServer, scene: Scene): void {
  const inputSchema = z.object({ calls: z.array(CALL).min(1).max(MOST_CALLS).describe("The calls of the job") });
  const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
  const config = {
    title: "Plan a job",
    description:
      "Says what a job of many calls needs: its cost, how many days, cheaper models. Sends and costs nothing.",
    inputSchema,
    outputSchema: OUTPUT,
    annotations,
  };
  server.registerTool("plan", config, ({ calls }, context) =>
    runTool(scene, context, async () => {
      const job = await Promise.all(calls.map((call, index) => plannedCall(scene, call, index)));
      const plan = await scene.laplas.plan(job, { continueAtCap: scene.continueAtCap });
      return { content: [{ type: "text", text: planWords(plan) }], structuredContent: planFields(plan) };
    }),
  );
}

/** @throws InvalidOptionsError */
async function plannedCall(
  scene: Scene,
  { tool, times, ...call }: z.infer<typeof CALL>,
  index: number,
): Promise<PlannedCall> {
  const need = <Value>(name: string, value: Value | undefined): Value => {
    if (value === undefined) throw new InvalidOptionsError(`calls[${index}] is of ${tool}, and needs "${name}".`);
    return value;
  };
  switch (tool) {
    case "ask_model": {
      const messages = messagesOf({ prompt: need("prompt", call.prompt), system: call.system });
      return { request: { model: await chooseModel(scene, "chat", call.model), messages }, count: times };
    }
    case "draw_image": {
      const model = await chooseModel(scene, "image", call.model);
      return { request: imageRequest({ model, prompt: need("prompt", call.prompt), size: call.size }), count: times };
    }
    case "embed_texts": {
      const model = await chooseModel(scene, "embedding", call.model);
      return { request: { model, input: need("texts", call.texts) }, count: times };
    }
  }
}

function planFields(plan: Plan): z.infer<typeof OUTPUT> {
  const { calls, requests, cost, fitsToday, days, takesMs, boundBy, refused, fitting, problem } = plan;
  return {
    calls,
    requests,
    cost,
    fits_today: fitsToday,
    days,
    worst_days: plan.worstDays ?? days,
    takes_ms: takesMs,
    ...(boundBy === undefined ? {} : { bound_by: boundBy }),
    refused: refused.map(({ index, error: { code, message } }) => ({ index, code, message })),
    fitting: fitting.map(({ model, cost: each }) => ({ model, cost: each })),
    ...(problem === undefined ? {} : { problem }),
  };
}

function planWords(plan: Plan): string {
  const { calls, cost, fitsToday, days, worstDays, takesMs, boundBy, refused, fitting, problem } = plan;
  const unit = { name: cost.unit };
  const spent = `about ${costWords(cost.expected, unit)}, at most ${costWords(cost.worst, unit)}`;
  const time = fitsToday
    ? `fits into today${takesMs < 60_000 ? "" : `, and takes about ${duration(takesMs)}`}`
    : `takes ${counted(days, "day")}${boundBy === undefined ? "" : `, held up by ${boundBy}`}`;
  const worst = worstDays === undefined ? "" : `; at worst ${counted(worstDays, "day")}`;
  return [
    calls === 0 ? "Nothing of it can be called." : `${counted(calls, "call")}: ${spent}; ${time}${worst}.`,
    ...refused.map(({ index, error }) => `Never: calls[${index}]: ${error.message}`),
    ...(fitting.length === 0 ? [] : [`All would fit today with: ${fitting.map(({ model }) => model).join(", ")}.`]),
    ...(problem === undefined ? [] : [`What is left is not known: ${problem}`]),
  ].join("\n");
}

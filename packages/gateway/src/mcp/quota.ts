import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { type CallsLeft, readCallsLeft } from "../routes/answer-calls-left.js";
import { type PoolQuota, readQuota } from "../routes/read-quota.js";
import { counted, until, whole } from "../words.js";
import { runTool } from "./run-tool.js";
import type { Scene } from "./scene.js";

const WINDOW = z.looseObject({
  rule: z.string(),
  unit: z.string().describe("What is counted"),
  limit: z.number(),
  used: z.number(),
  held: z.number().describe("Expected cost of the calls that run now"),
  left: z.number(),
  resets_at: z.string().describe("ISO 8601"),
});

/** As `GET /v1/quota` has it, and the calls left of each model where that was asked. */
const OUTPUT = z.looseObject({
  tier: z.string(),
  windows: z.array(WINDOW),
  per_model: z.array(z.string()).describe("Rules that count each model by itself"),
  running: z.number(),
  waiting: z.number(),
  blocked_until: z.string().nullable().describe("Until when the provider itself said that its budget is used up"),
  providers: z
    .array(z.looseObject({ provider: z.string(), title: z.string(), windows: z.array(WINDOW) }))
    .optional()
    .describe("Of several providers each; the rest is the first's"),
  models: z
    .array(
      z.looseObject({
        id: z.string(),
        cost_per_call: z.number().nullable(),
        calls_left: z.union([z.number(), z.string()]).nullable(),
      }),
    )
    .optional(),
});

/** Adds the tool that says what is left. */
export function addQuota(server: McpServer, scene: Scene): void {
  const inputSchema = z.object({
    models: z
      .enum(["chat", "image", "embedding"])
      .optional()
      .describe("Also list these models, with the calls left of each"),
  });
  const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
  const config = {
    title: "What is left",
    description: "Says what is left of the free tier and until when, and which models there are. Costs nothing.",
    inputSchema,
    outputSchema: OUTPUT,
    annotations,
  };
  server.registerTool("quota", config, ({ models: modality }, context) =>
    runTool(scene, context, async () => {
      const { body } = await readQuota(scene.laplas, scene.now());
      const models = modality === undefined ? undefined : await readCallsLeft(scene.laplas, { modality });
      const lines = [...quotaLines(body, scene.now()), ...(models ?? []).map(modelLine)];
      return {
        content: [{ type: "text", text: lines.join("\n") }],
        structuredContent: { ...body, ...(models === undefined ? {} : { models: models.map(modelFields) }) },
      };
    }),
  );
}

function quotaLines({ providers, ...body }: PoolQuota, now: number): string[] {
  if (providers === undefined) return accountLines(body, now);
  return providers.flatMap(({ title, ...one }) => accountLines(one, now).map((line) => `${title}: ${line}`));
}

type Account = Pick<PoolQuota, "windows" | "per_model" | "running" | "waiting" | "blocked_until" | "payment_required">;

function accountLines(account: Account, now: number): string[] {
  const { windows, per_model: perModel, running, waiting, blocked_until: blocked } = account;
  return [
    ...windows.map(
      ({ rule, unit, left, limit, resets_at: resetsAt }) =>
        `${whole(left)} of ${whole(limit)} ${unit} left (${rule}), resets ${until(new Date(resetsAt), now)}.`,
    ),
    ...(perModel.length === 0 ? [] : [`Each model by itself: ${perModel.join(", ")}.`]),
    ...(windows.length + perModel.length === 0 ? ["Nothing is counted on this tier."] : []),
    ...(account.payment_required ? ["The provider serves nothing before somebody pays."] : []),
    ...(blocked === null ? [] : [`Used up, according to the server; resets ${until(new Date(blocked), now)}.`]),
    `${counted(running, "call")} running, ${waiting} waiting.`,
  ];
}

function modelLine({ id, calls_left: left, cost_per_call: cost, needs_picture: needsPicture }: CallsLeft): string {
  const calls = left === null ? "" : `: ${typeof left === "number" ? counted(left, "call") : `${left} calls`} left`;
  const each = cost === null ? "" : `, about ${whole(Math.ceil(cost))} each`;
  return `${id}${calls}${each}${needsPicture ? "; draws from a picture only" : ""}`;
}

function modelFields({
  aliases: _,
  vendor: _vendor,
  label: _label,
  modality: _modality,
  ...fields
}: CallsLeft): object {
  // An absent field is absent: `undefined` is not of its schema.
  return JSON.parse(JSON.stringify(fields)) as object;
}

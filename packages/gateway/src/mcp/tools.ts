import type { McpServer } from "@modelcontextprotocol/server";
import { addAskModel } from "./ask-model.js";
import { addDrawImage } from "./draw-image.js";
import { addEmbedTexts } from "./embed-texts.js";
import { addPlan } from "./plan.js";
import { addQuota } from "./quota.js";
import type { Scene } from "./scene.js";

/** Every tool, in the order of the list. */
export const TOOLS: readonly ((server: McpServer, scene: Scene) => void)[] = [
  addDrawImage,
  addAskModel,
  addEmbedTexts,
  addQuota,
  addPlan,
];

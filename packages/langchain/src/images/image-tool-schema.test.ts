import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import type { LaplasImagesFields } from "./image-fields.js";
import { LaplasImageTool } from "./laplas-image-tool.js";

it("the tool asks the model for what is open", async () => {
  const { engine } = await openWorld();
  const asked = (fields: LaplasImagesFields) => {
    const tool = new LaplasImageTool({ model: "flux/schnell", engine, ...fields });
    return convertToOpenAITool(tool).function.parameters as { properties: object; required: string[] };
  };
  expect(asked({})).toMatchObject({ properties: { prompt: {}, size: {} }, required: ["prompt"] });
  expect(Object.keys(asked({ size: "512x512" }).properties)).toEqual(["prompt"]);
  expect(asked({ model: "flux/dev/image-to-image" }).required).toEqual(["prompt", "image_url"]);
});

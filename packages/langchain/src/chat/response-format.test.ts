import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import { openWorld } from "../testing/open-world.js";
import { toResponseFormat } from "./response-format.js";

const properties = { name: { type: "string" } };

describe("toResponseFormat", () => {
  it("leaves what is JSON already", () => {
    const named = { type: "json_schema", json_schema: { name: "person", schema: { type: "object", properties } } };
    for (const format of [undefined, { type: "json_object" }, { type: "text" }, named]) {
      expect(toResponseFormat(format)).toBe(format);
    }
  });

  it("writes a zod schema of either version as JSON schema", () => {
    for (const schema of [z.object({ name: z.string() }), z3.object({ name: z3.string() })]) {
      const format = { type: "json_schema", json_schema: { name: "person", strict: true, schema } };
      expect(toResponseFormat(format)).toMatchObject({
        type: "json_schema",
        json_schema: { name: "person", strict: true, schema: { type: "object", properties, required: ["name"] } },
      });
    }
  });

  it("is what a call sends", async () => {
    const { chat, sandbox } = await openWorld();
    const schema = z.object({ name: z.string(), age: z.number() });
    const answer = await chat().invoke("name: Ada, age: 36", {
      response_format: { type: "json_schema", json_schema: { name: "person", schema } },
    });
    expect(JSON.parse(answer.text)).toEqual({ name: "Ada", age: 36 });
    expect(sandbox.counts().refused).toBe(0);
  });
});

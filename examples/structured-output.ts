/** Answers as objects: by a zod schema, by a JSON schema, and with the message they came in. */
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { z } from "zod";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const model = new ChatLaplas({ model: "gpt-4o-mini", temperature: 0, ...upstream.settings });

// A zod schema also gives the answer its type. The model is asked for a tool call, which most chat models know.
const complaint = z.object({
  customer: z.string().describe("Name of the person who writes"),
  product: z.enum(["lamp", "chair", "table"]),
  quantity: z.int().describe("How many were bought"),
  urgency: z.enum(["low", "normal", "high"]),
});
const letter = "This is Grace Hopper. I bought 6 of your chairs: each chair has a leg too few. The urgency is high.";
const { customer, product, quantity, urgency } = await model.withStructuredOutput(complaint).invoke(letter);
console.log(`${customer} complains about ${quantity} x ${product}, urgency ${urgency}`);

// A JSON schema, here in the format of the answer in place of a tool call.
const place = {
  title: "place",
  type: "object",
  properties: { name: { type: "string" }, country: { type: "string" }, inhabitants: { type: "integer" } },
  required: ["name", "country", "inhabitants"],
  additionalProperties: false,
};
const inFormat = model.withStructuredOutput(place, { method: "jsonSchema", strict: true });
console.log(await inFormat.invoke("Reykjavik, a city in Iceland, has 140,000 inhabitants."));

// With the message, which knows what the call cost. Where the tier cut the answer, `parsed` is null; without `includeRaw` that is an error.
const withMessage = model.withStructuredOutput(complaint, { includeRaw: true });
const { parsed, raw } = await withMessage.invoke("Alan Turing bought 2 lamps, and one lamp flickers. Urgency: low.");
const report = reportOf(raw);
console.log(parsed, `for ${report?.apiTokens} API tokens, cut by the tier: ${report?.truncatedByTier}`);

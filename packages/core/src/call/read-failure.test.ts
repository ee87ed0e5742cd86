import { describe, expect, it, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { readFailure } from "./read-failure.js";

const { signals } = laplas;
const spent = "You have exhausted the available [plan.rule:api_token] resource limit.";

describe("what a failed answer says of itself", () => {
  const published = `{
    "message": "${spent} visit https://www.apilaplas.com/app/billing"
    "path": "/v1/chat/completions"
    "requestId": "798b860e-98c2-4e8e-8c50-550bcfc2eccc"
    "statusCode": "403"
}`;
  test.each([
    ["as published, which is not valid JSON", published],
    ["as JSON", published.replaceAll('"\n    "', '",\n    "')],
  ])("is read %s", (_, text) => {
    expect(readFailure(text, signals)).toEqual({
      message: `${spent} visit https://www.apilaplas.com/app/billing`,
      requestId: "798b860e-98c2-4e8e-8c50-550bcfc2eccc",
      billingUrl: "https://www.apilaplas.com/app/billing",
    });
  });

  test.each([
    ['{"error":{"message":"nested"}}', "nested"],
    ['{"message":["a","b"]}', ""],
    ['{"message":5}', ""],
    ['[{"error":{"message":"in a list"}}]', "in a list"],
    ['{"error":"a text"}', "a text"],
    ['{"errors":[{"code":1,"message":"several"}]}', "several"],
    [JSON.stringify({ message: JSON.stringify({ error: { message: "inside" } }) }), "inside"],
    [JSON.stringify({ message: "{half" }), "{half"],
    ["<html><p>secret</p></html>", "an HTML page"],
    ["null", ""],
    ["", ""],
    ['"text"', ""],
  ])("of %s is %j", (text, message) => expect(readFailure(text, signals)).toEqual({ message }));

  test.each([
    [{ fault: { reason: "PLAN", said: "wants the Pro plan" } }, "PLAN: wants the Pro plan"],
    [[{ fault: { reason: "PLAN", said: "PLAN" } }], "PLAN"],
    [{ fault: { reason: "PLAN" } }, ""],
    [{ fault: { reason: 5, said: "7" } }, ""],
    [{ message: "usual", fault: { reason: "PLAN", said: "odd" } }, "usual"],
  ])("of %o is %j, by the shape that the provider's document names", (body, message) => {
    const own = { errorShapes: [["fault.reason", "fault.said"]] };
    expect(readFailure(JSON.stringify(body), own).message).toBe(message);
  });

  it("takes for an id only what looks like one", () => {
    expect(readFailure('{"message":"m","requestId":"two words"}', signals)).not.toHaveProperty("requestId");
    expect(readFailure(`{"message":"m","requestId":"${"a".repeat(101)}"}`, signals)).not.toHaveProperty("requestId");
  });

  it("names a place to pay only by the provider's pattern", () => {
    const text = '{"message":"See https://pay.example.com/plans?a=1"}';
    expect(readFailure(text, signals)).not.toHaveProperty("billingUrl");
    expect(readFailure(text, { errorShapes: [] })).not.toHaveProperty("billingUrl");
    const billingPattern = "https://pay\\.example\\.com/[a-z]+";
    expect(readFailure(text, { errorShapes: [], billingPattern }).billingUrl).toBe("https://pay.example.com/plans");
  });
});

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

  it("takes for an id only what looks like one", () => {
    expect(readFailure('{"message":"m","requestId":"two words"}', signals)).not.toHaveProperty("requestId");
    expect(readFailure(`{"message":"m","requestId":"${"a".repeat(101)}"}`, signals)).not.toHaveProperty("requestId");
  });

  it("names a place to pay only by the provider's pattern", () => {
    const text = '{"message":"See https://pay.example.com/plans?a=1"}';
    expect(readFailure(text, signals)).not.toHaveProperty("billingUrl");
    expect(readFailure(text, {})).not.toHaveProperty("billingUrl");
    const billingPattern = "https://pay\\.example\\.com/[a-z]+";
    expect(readFailure(text, { billingPattern }).billingUrl).toBe("https://pay.example.com/plans");
  });
});

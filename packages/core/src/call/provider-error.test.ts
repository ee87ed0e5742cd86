import { describe, expect, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { errorBody } from "../testing/server.js";
import { isErrorBody, isProviderError, statusIn } from "./provider-error.js";

const { errorShapes } = laplas.signals;
const published = `{
    "message": "[plan.rule:api_token] resource limit"
    "path": "/v1/chat/completions"
    "requestId": "798b860e-98c2-4e8e-8c50-550bcfc2eccc"
    "statusCode": "503"
    "timestamp": "2025-03-11T07:13:27.813Z"
}`;

describe("a body in the provider's own shape", () => {
  test.each([
    ["flat", errorBody(503, "down")],
    ["as published, which is not valid JSON", published],
    ["flat, with its status as a text", '{"message":"down","statusCode":"503","path":"/v1/x"}'],
    ["flat, and cut off", errorBody(503, "down").slice(0, -9)],
    ["OpenAI's", '{"error":{"message":"down","type":"server_error","param":null,"code":null}}'],
    ["OpenAI's, and cut off", '{"error":{"message":"down","type":"ser'],
    ["in a list", `[${errorBody(503, "down")}]`],
    ["OpenAI's in a list, and cut off", '[{"error": {"message":"down","type":"ser'],
    ["after blanks", `\n  ${errorBody(503, "down")}`],
  ])("is told %s", (_, text) => expect(isProviderError(text, errorShapes)).toBe(true));
});

describe("a body of something in front", () => {
  test.each([
    ["nothing", ""],
    ["blanks", " \n"],
    ["a page", "<html><body>502 Bad Gateway</body></html>"],
    ["a page that quotes the shape", `<pre>${published}</pre>`],
    ["a text", "upstream request timeout"],
    ["a text that quotes the shape", `502: ${errorBody(502, "down")}`],
    ["AWS's", '{"message":"Endpoint request timed out"}'],
    ["Kong's", '{"message":"The upstream server is timing out","request_id":"5f"}'],
    [
      "Fastify's proxy's",
      '{"statusCode":504,"code":"FST_REPLY_FROM_GATEWAY_TIMEOUT","error":"Gateway Timeout","message":"Gateway Timeout"}',
    ],
    [
      "Spring's",
      '{"timestamp":"2026-03-10T12:00:00Z","path":"/v1","status":504,"error":"Gateway Timeout","requestId":"1"}',
    ],
    ["an error without words", '{"error":{"code":502}}'],
    ["flat without words", '{"message":"","statusCode":503,"path":"/v1/x"}'],
    ["flat, and no error", '{"message":"fine","statusCode":200,"path":"/v1/x"}'],
    ["cut off before it says what it is", '{"message":"down","requestId":"r-1"'],
    ["a list", "[]"],
    ["null", "null"],
  ])("(%s) is none", (_, text) => expect(isProviderError(text, errorShapes)).toBe(false));
});

test("a body that has an answer beside an empty error is none", () => {
  expect(isErrorBody({ choices: [], error: null }, errorShapes)).toBe(false);
});

test.each([
  [errorBody(503, "down"), 503],
  [published, 503],
  ['{"error":{"message":"down"}}', 500],
  ['{"message":"down","statusCode":200}', 500],
  ['{"message":"down","statusCode":600}', 500],
  ['{"error":{"message":"slow down","code":429}}', 429],
  ['{"error":{"status":"RESOURCE_EXHAUSTED","code":429}}', 429],
  ['{"status":200,"error":{"code":402}}', 402],
  ["", 500],
])("the status in %j is %i", (text, status) => expect(statusIn(text)).toBe(status));

test("shapes are the provider's: all paths of one row, of which no status may be one of success", () => {
  const shapes = [["errors.0.message", "success"], ["why", "status"], ["0.fault.reason"]];
  const is = (body: object): boolean => isProviderError(JSON.stringify(body), shapes);
  expect(is({ errors: [{ message: "down" }], success: "no" })).toBe(true);
  expect(is({ errors: [{ message: "down" }] })).toBe(false);
  expect(is({ why: "down", status: 500 })).toBe(true);
  expect(is({ why: "fine", status: 204 })).toBe(false);
  expect(is({ error: { message: "down" } })).toBe(false);
  expect(is([{ fault: { reason: "down" } }])).toBe(true);
  expect(isProviderError('[{"fault": {"reason": "down" "more": 1}}]', shapes)).toBe(true);
  expect(is([{}, { fault: { reason: "down" } }])).toBe(false);
});

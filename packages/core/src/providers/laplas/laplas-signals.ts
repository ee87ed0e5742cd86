import type { Signals } from "../../provider/signals.js";

/**
 * What laplas's failures mean. The published bodies were seen as invalid JSON, so texts are looked for, not fields.
 */
export const laplasSignals: Signals = {
  failures: [
    // 2025-03 until today: 403.
    {
      status: 403,
      pattern: "plan\\.rule:|resource limit|run out of credits|daily call limit",
      kind: "quota",
      period: "day",
      meter: "credits",
    },
    // The body was never published: words of price or API tokens in a refusal that is no validation error.
    {
      status: [400, 402, 403, 413, 422],
      modalities: ["image"],
      pattern: "\\b512 (?:api )?tokens?\\b|api.tokens|request_cost|too expensive|costs? more|price",
      unless: "validation error|unsupported value",
      kind: "cost",
    },
    // Before 2025-03, and still on the page "General Info".
    { status: 429, pattern: "free limit for the hour", kind: "quota", period: "hour", meter: "requests" },
  ],
  headers: [],
  // The documented flat shape. It has to have its other fields too, since proxies and clouds write a `message` of their own
  // (AWS: `{"message": "Endpoint request timed out"}`).
  errorShapes: [
    ["message", "statusCode", "path"],
    ["message", "statusCode", "requestId"],
    ["message", "statusCode", "timestamp"],
  ],
  billingPattern: "https://[a-z0-9_.-]{1,100}/app/billing",
};

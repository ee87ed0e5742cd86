/** A tier that says nothing but one at a time, so that no budget ends the queue. */
export const ONE_AT_A_TIME = {
  name: "one-at-a-time",
  title: "One at a time",
  rules: [
    {
      id: "one",
      kind: "concurrency",
      limit: 1,
      evidence: { source: "the benchmark", date: "2026-11-28", status: "published" },
    },
  ],
} as const;

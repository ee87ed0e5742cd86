/** Asks until the answer pleases. Fails at the deadline with the last answer, so that a slow machine waits and a wrong one tells. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  pleases: (answer: Answer) => boolean,
  deadlineMs = 60_000,
): Promise<Answer> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`${what}: after ${deadlineMs} ms still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The work's outcome, or an error when it takes so long that it must be taken for hanging. */
export async function within<Value>(what: string, work: Promise<Value>, deadlineMs = 60_000): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

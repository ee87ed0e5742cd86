import { Agent, request } from "node:http";
import { answerParent } from "./child.ts";

/** How many streams to hold open. */
export interface OpenStreamsQuestion {
  readonly baseURL: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly count: number;
}

const agent = new Agent({ keepAlive: false });
let sockets: ReturnType<typeof request>[] = [];

/** Opens streams and answers when each has had its first event; an empty question lets all go. */
answerParent(async ({ baseURL, headers, count }: OpenStreamsQuestion): Promise<number> => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await Promise.all(Array.from({ length: count }, () => open(baseURL, headers)));
  return count;
});

function open(baseURL: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${baseURL}/chat/completions`, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });
    sockets.push(outgoing);
    outgoing.on("error", reject);
    outgoing.on("response", (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      answer.on("error", () => {});
      answer.once("data", () => resolve());
    });
    outgoing.end(
      JSON.stringify({ model: "gpt-4o-mini", stream: true, messages: [{ role: "user", content: "Hello" }] }),
    );
  });
}

import type { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import type { DocumentInterface } from "@langchain/core/documents";
import type { Laplas } from "@laplas/core";
import { ChatLaplas, type LaplasImage, LaplasImageTool } from "@laplas/langchain";
import { AIMessage, createAgent, modelCallLimitMiddleware, type ReactAgent, ToolMessage, tool } from "langchain";
import { z } from "zod";
import { savePicture } from "../save-picture.ts";
import { CHAT, PICTURE } from "./models.ts";
import { aside, paragraph, plain, question, verbatim } from "./screen.ts";

const PIECES_PER_SEARCH = 4;
/** A real model may search once more than it needs; more often than that, it has lost its way. */
const MOST_TURNS = 4;

/** An agent that searches the documents and draws. */
export function createReader(store: MemoryVectorStore, engine: Laplas): ReactAgent {
  const search = tool(
    async ({ query }): Promise<[string, DocumentInterface[]]> => {
      const found = await store.similaritySearch(query, PIECES_PER_SEARCH);
      return [found.map(({ pageContent }) => pageContent).join("\n\n"), found];
    },
    {
      name: "search_documents",
      description: "Finds the passages of the user's documents that are nearest to a question.",
      schema: z.object({ query: z.string().describe("What to look for, in a sentence") }),
      responseFormat: "content_and_artifact",
    },
  );
  // The user sees the picture, so no turn goes into saying that it is there.
  const draw = new LaplasImageTool({ ...PICTURE, engine, returnDirect: true });
  return createAgent({
    model: new ChatLaplas({ ...CHAT, engine }),
    tools: [search, draw],
    systemPrompt: "Answer from the user's documents, in two or three sentences.",
    middleware: [modelCallLimitMiddleware({ runLimit: MOST_TURNS, exitBehavior: "end" })],
  });
}

/** Shows what the agent does about a request, step by step. */
export async function showSteps(request: string, agent: ReactAgent): Promise<void> {
  question(request);
  // Steps of the middleware repeat what was said before.
  for await (const { model_request, tools } of await agent.stream({ messages: request }, { streamMode: "updates" })) {
    for (const message of (model_request ?? tools)?.messages ?? []) {
      if (AIMessage.isInstance(message)) showTurn(message);
      else if (ToolMessage.isInstance(message)) await showResult(message);
    }
  }
}

function showTurn({ text, tool_calls: calls = [] }: AIMessage): void {
  for (const { name, args } of calls) {
    aside(`→ ${name}: ${args.query ?? args.prompt}`);
  }
  if (text !== "") paragraph(plain(text));
}

async function showResult({ name, status, text, artifact }: ToolMessage): Promise<void> {
  // Such as a picture that needs more API tokens than the tier allows. The model hears of it, and the agent goes on.
  if (status === "error") return aside(text);
  if (name === "search_documents") {
    const sources = new Set((artifact as DocumentInterface[]).map(({ metadata }) => String(metadata.source)));
    return aside(`found passages in ${[...sources].join(", ")}`);
  }
  for (const picture of artifact as LaplasImage[]) await showPicture(picture);
}

async function showPicture(picture: LaplasImage): Promise<void> {
  try {
    // Not wrapped: a path is copied.
    verbatim(`drawn and saved as ${await savePicture(picture, "laplas-demo")}`);
  } catch (error) {
    paragraph(`drawn, but not saved: ${(error as Error).message}`);
  }
}

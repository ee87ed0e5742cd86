import { buildFlow, type Palette, type PaletteEntry } from "./build-flow.ts";

/** A component, and what the palette calls it. */
export interface Found {
  readonly entry: PaletteEntry;
  readonly type: string;
}

/** What flows are made of, as one server of Langflow's has it. */
export interface Flows {
  readonly palette: Palette;
  entryOf(type: string): Found;
  /** A component of the package. */
  own(name: string): Found;
  /** Chat Input, one node that answers, Chat Output. */
  chat(answers: Found, values: Readonly<Record<string, unknown>>, output?: string): object;
  /** Text, in pieces and embedded, in Langflow's own FAISS; what is found of it goes to a Language Model beside the question. */
  search(text: string): object;
  /** Chat Input, a component that draws, and two Chat Outputs: of its message and of its data. */
  draw(draws: Found, values?: Readonly<Record<string, unknown>>): object;
}

export function createFlows(palette: Palette): Flows {
  const entryOf = (type: string): Found => {
    const entry = Object.values(palette).find((category) => type in category)?.[type];
    if (entry === undefined) throw new Error(`the palette has no ${type}`);
    return { entry, type };
  };
  return {
    palette,
    entryOf,
    own: (name) => entryOf(`ext:laplas:${name}@official`),
    chat: (answers, values, output = "text_output") =>
      buildFlow(
        answers.type,
        { ask: entryOf("ChatInput"), answer: { ...answers, values }, tell: entryOf("ChatOutput") },
        [
          ["ask", "message", "answer", "input_value"],
          ["answer", output, "tell", "input_value"],
        ],
      ),
    search: (text) =>
      buildFlow(
        "search",
        {
          ask: entryOf("ChatInput"),
          text: { ...entryOf("TextInput"), values: { input_value: text } },
          pieces: { ...entryOf("SplitText"), values: { chunk_size: 80, chunk_overlap: 0 } },
          embed: entryOf("EmbeddingModel"),
          // It keeps its index in a file and reads it again: without the permission its first run fails too (1.13.0).
          store: {
            ...entryOf("ext:faiss:FaissVectorStoreComponent@official"),
            values: { index_name: crypto.randomUUID(), number_of_results: 1, allow_dangerous_deserialization: true },
          },
          found: entryOf("ParserComponent"),
          answer: entryOf("LanguageModelComponent"),
          tell: entryOf("ChatOutput"),
        },
        [
          ["text", "text", "pieces", "data_inputs"],
          ["pieces", "dataframe", "store", "ingest_data"],
          ["embed", "embeddings", "store", "embedding"],
          ["ask", "message", "store", "search_query"],
          ["store", "search_results", "found", "input_data"],
          ["found", "parsed_text", "answer", "system_message"],
          ["ask", "message", "answer", "input_value"],
          ["answer", "text_output", "tell", "input_value"],
        ],
      ),
    draw: (draws, values = {}) => {
      const tell = entryOf("ChatOutput");
      return buildFlow("draw", { ask: entryOf("ChatInput"), draw: { ...draws, values }, one: tell, two: tell }, [
        ["ask", "message", "draw", "prompt"],
        ["draw", "message", "one", "input_value"],
        ["draw", "data", "two", "input_value"],
      ]);
    },
  };
}

/** The value of a model's picker in which somebody has chosen. */
export function picked(name: string, provider = "Laplas"): readonly object[] {
  return [{ name, provider, icon: "Orbit", metadata: {} }];
}

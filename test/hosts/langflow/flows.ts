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

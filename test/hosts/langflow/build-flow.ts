/** A component of Langflow's palette, as `GET /api/v1/all` gives it. */
export interface PaletteEntry {
  readonly display_name: string;
  readonly template: Record<string, { value?: unknown; input_types?: string[]; type?: string }>;
  readonly outputs: readonly { readonly name: string; readonly types: readonly string[] }[];
}

export type Palette = Readonly<Record<string, Readonly<Record<string, PaletteEntry>>>>;

interface NodePlan {
  readonly entry: PaletteEntry;
  readonly type: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly isTool?: boolean;
}

/** `[from, its output, to, its field]` */
type Wire = readonly [string, string, string, string];

const TOOLSET = { name: "component_as_tool", display_name: "Toolset", method: "to_toolkit", types: ["Tool"] };

/** Puts a flow together as Langflow's editor would. */
export function buildFlow(name: string, plans: Readonly<Record<string, NodePlan>>, wires: readonly Wire[]): object {
  // Langflow knows a node's kind by the beginning of its id: an Agent sends its text as it comes only to a `ChatOutput-...`.
  const idOf = (node: string): string => `${plans[node]?.type}-${node}`;
  const nodes = Object.entries(plans).map(([own, { entry, type, values = {}, isTool = false }], index) => {
    const id = idOf(own);
    const node = structuredClone(entry) as PaletteEntry & { outputs: unknown; tool_mode?: boolean };
    for (const [field, value] of Object.entries(values)) {
      const target = node.template[field];
      if (target === undefined) throw new Error(`${type} has no field ${field}`);
      target.value = value;
    }
    if (isTool) Object.assign(node, { tool_mode: true, outputs: [{ ...TOOLSET, selected: "Tool", tool_mode: true }] });
    const position = { x: 420 * index, y: 0 };
    return { id, type: "genericNode", position, data: { id, type, node, showNode: true } };
  });
  const find = (id: string) => {
    const found = nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`there is no node ${id}`);
    return found.data;
  };
  const edges = wires.map(([giver, output, taker, field]) => {
    const [source, target] = [idOf(giver), idOf(taker)];
    const [from, to] = [find(source), find(target)];
    const given = from.node.outputs.find((each) => each.name === output);
    const taken = to.node.template[field];
    if (given === undefined || taken === undefined) throw new Error(`no wire from ${output} to ${field}`);
    const sourceHandle = { dataType: from.type, id: source, name: output, output_types: given.types };
    const targetHandle = { fieldName: field, id: target, inputTypes: taken.input_types ?? [], type: taken.type };
    const ends = { sourceHandle: quoted(sourceHandle), targetHandle: quoted(targetHandle) };
    const id = `xy-edge__${source}${ends.sourceHandle}-${target}${ends.targetHandle}`;
    return { id, source, target, ...ends, data: { sourceHandle, targetHandle }, animated: false, className: "" };
  });
  const data = { nodes, edges, viewport: { x: 0, y: 0, zoom: 1 } };
  return { name: `${name} ${crypto.randomUUID()}`, description: "", data, is_component: false };
}

/** Langflow writes handles as JSON with another letter for the quotes. */
function quoted(handle: object): string {
  return JSON.stringify(handle).replaceAll('"', "œ");
}

// Taking out of a graph what a change has left without use.
import type { GraphProto, NodeProto } from './onnx_pb.js';

type Connections = Pick<NodeProto, 'input' | 'output' | 'attribute'>;

/** The tensors that the outputs hang on, given the nodes; what graphs within nodes take from outside counts. */
function neededBy(nodes: Connections[], outputs: string[]): Set<string> {
  const makers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const needed = new Set<string>();
  const waiting = [...outputs];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const maker = makers.get(name);
    if (maker) waiting.push(...takenBy(maker));
  }
  return needed;
}

const takenBy = ({ input, attribute }: Connections): string[] => [
  ...input,
  ...attribute
    .flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs))
    .flatMap((graph) => [...graph.node.flatMap(takenBy), ...graph.output.map((value) => value.name)]),
];

/**
 * Removes the nodes and stored tensors that an output needed `before` and that none needs now; whatever nobody needed
 * before either is not ours to tidy.
 */
export function keepWhatIsNeeded(graph: GraphProto, before: Connections[]): void {
  const outputs = graph.output.map((value) => value.name);
  const once = neededBy(before, outputs);
  const now = neededBy(graph.node, outputs);
  const isLeft = (name: string) => once.has(name) && !now.has(name);
  graph.node = graph.node.filter((node) => !node.output.some(isLeft) || node.output.some((name) => now.has(name)));
  graph.initializer = graph.initializer.filter(({ name }) => !isLeft(name));
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !isLeft(name));
  // Before version 4 of the file format stored tensors are listed as inputs too.
  const stored = new Set(before.flatMap(({ input }) => input));
  graph.input = graph.input.filter(({ name }) => !(stored.has(name) && isLeft(name)));
}

// What stands behind a head, made to fit another number of classes.
import { createNode, createTensor } from './build.ts';
import { findShape } from './constants.ts';
import { indexGraph } from './graph-index.ts';
import type { GraphProto, NodeProto } from './onnx_pb.js';

/**
 * Changes the nodes and outputs that hang on `logits` from `oldClasses` to `classes`; returns sentences on what a person
 * should know. Sizes that are computed from the logits themselves need no change.
 */
export function adaptTail(graph: GraphProto, logits: string, oldClasses: number, classes: number): string[] {
  const index = indexGraph(graph);
  const toNew = (dim: number) => (dim === oldClasses ? classes : dim);
  const notes = new Set<string>();
  const reached = new Set([logits]);
  const waiting = [logits];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const node of index.takers.get(name) ?? []) {
      adaptNode(node);
      for (const output of node.output.filter((each) => !reached.has(each))) {
        reached.add(output);
        waiting.push(output);
      }
    }
  }
  graph.valueInfo = graph.valueInfo.filter((value) => !reached.has(value.name));
  for (const { name, type } of graph.output) {
    if (!reached.has(name)) continue;
    for (const dim of (type?.tensorType?.shape?.dim ?? []).slice(1)) {
      if (dim.value.case === 'dimValue') dim.value.value = BigInt(toNew(Number(dim.value.value)));
    }
  }
  return [...notes];

  function adaptNode(node: NodeProto): void {
    if (node.opType === 'Sigmoid') {
      Object.assign(node, createNode('Softmax', node.input, node.output, { axis: 1n }));
      notes.add('Its Sigmoid became a Softmax: the head was fitted to classes of which one is right.');
    }
    if (node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear') {
      Object.assign(node, createNode('Identity', node.input.slice(0, 1), node.output));
      notes.add('The rounding of its logits was left out: its steps were made for the old head.');
    }
    if (node.opType !== 'Reshape') return;
    const shape = findShape(node.input[1] ?? '', index);
    if (!shape?.includes(oldClasses)) return;
    const fitted = `${node.output[0]}/second-look-shape`;
    graph.initializer.push(createTensor(fitted, [shape.length], BigInt64Array.from(shape.map(toNew), BigInt)));
    node.input[1] = fitted;
  }
}

// Outputs that are no tensors, which ONNX Runtime's interface to Node cannot load.
import { createNode, createValue } from './build.ts';
import type { GraphProto } from './onnx_pb.js';

/**
 * Makes plain probabilities of what ZipMap (ai.onnx.ml) ends a classifier in: for each picture a table from the names of the
 * classes to their probabilities. Returns the names of those outputs.
 */
export function makeOutputsPlain(graph: GraphProto): string[] {
  const plain: string[] = [];
  for (const node of graph.node) {
    const [name = ''] = node.output;
    const at = graph.output.findIndex((value) => value.name === name);
    if (node.opType !== 'ZipMap' || at < 0) continue;
    Object.assign(node, createNode('Identity', node.input, [name]), { domain: '' });
    graph.output[at] = createValue(name, 'float32');
    plain.push(name);
  }
  return plain;
}

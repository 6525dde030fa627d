// Endings of a graph that are read as what they say plainly.
import { createNode, createValue } from './build.ts';
import type { GraphProto, NodeProto } from './onnx_pb.js';

/**
 * Makes plain probabilities of what ZipMap (ai.onnx.ml) ends a classifier in, for each picture a table from the names of the
 * classes to their probabilities, which ONNX Runtime's interface to Node cannot load. Returns the names of those outputs.
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

/**
 * Writes a QLinearSoftmax (com.microsoft: whole numbers in and out) as a Softmax between a DequantizeLinear and a
 * QuantizeLinear, so that the logits before it are numbers that can be had. Returns whether there was one.
 */
export function writeSoftmaxOut(graph: GraphProto): boolean {
  const before = graph.node.length;
  graph.node = graph.node.flatMap((node) => (node.opType === 'QLinearSoftmax' ? toSteps(node) : [node]));
  return graph.node.length > before;
}

function toSteps({ input, output, attribute }: NodeProto): NodeProto[] {
  const [whole = '', scale = '', zero = '', scaleAfter = '', zeroAfter = ''] = input;
  const [name = ''] = output;
  const [logits, probabilities] = [`${name}/second-look-logits`, `${name}/second-look-probabilities`];
  const softmax = createNode('Softmax', [logits], [probabilities]);
  softmax.attribute = attribute.filter((each) => each.name === 'axis');
  return [
    createNode('DequantizeLinear', [whole, scale, zero], [logits]),
    softmax,
    createNode('QuantizeLinear', [probabilities, scaleAfter, zeroAfter], [name]),
  ];
}

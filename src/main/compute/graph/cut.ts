// A part of a graph as a model of its own: from the features to the logits.
import { create, fromBinary } from '@bufbuild/protobuf';
import { createNode, createValue, toModelBytes } from './build.ts';
import { elementTypes } from './element-types.ts';
import { indexGraph } from './graph-index.ts';
import type { Entry } from './head-forms.ts';
import { ModelProtoSchema, ValueInfoProtoSchema } from './onnx_pb.js';

/** The name of the input of what is cut out, float32. */
export const cutInput = 'second-look-probe';

/**
 * The bytes of a model of the nodes that make `logits` of what enters at `entry`, or undefined where the logits hang on
 * anything else of the picture. `isHalf` says that the tensor at `entry` is float16.
 */
export function cutOut(bytes: Uint8Array, entry: Entry, logits: string, isHalf: boolean): Uint8Array | undefined {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (!graph) return undefined;
  const { makers, initializers } = indexGraph(graph);
  const taken = new Set<string>();
  const waiting = [logits];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || name === entry.tensor || taken.has(name)) continue;
    taken.add(name);
    const maker = makers.get(name);
    if (!maker && !initializers.has(name)) return undefined;
    waiting.push(...(maker?.input ?? []));
  }
  const { rounding } = entry;
  if (rounding) for (const name of [rounding.scale, rounding.zero]) taken.add(name);
  graph.node = [enter(entry, isHalf), ...graph.node.filter((node) => node.output.some((name) => taken.has(name)))];
  graph.initializer = graph.initializer.filter(({ name }) => taken.has(name));
  graph.input = [createValue(cutInput, 'float32')];
  graph.output = [create(ValueInfoProtoSchema, { name: logits })];
  graph.valueInfo = [];
  return toModelBytes(model);
}

/** The node that makes the tensor at the entry of the cut's input. */
function enter({ tensor, rounding }: Entry, isHalf: boolean) {
  if (rounding) return createNode('QuantizeLinear', [cutInput, rounding.scale, rounding.zero], [tensor]);
  if (isHalf) return createNode('Cast', [cutInput], [tensor], { to: BigInt(elementTypes.float16) });
  return createNode('Identity', [cutInput], [tensor]);
}

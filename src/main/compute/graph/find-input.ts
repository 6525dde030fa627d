// The input through which pictures enter a graph, and what the graph itself does to them first.
import { tell } from '../../../shared/told.ts';
import type { ModelInput } from '../../../shared/model.ts';
import { findConstant } from './constants.ts';
import { elementTypes, toElementName } from './element-types.ts';
import type { ModelFile } from './model-file.ts';
import { indexGraph, type GraphIndex } from './graph-index.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from './onnx_pb.js';

/** The picture input of a model. Throws 'unsupported' where it has none or several, or one that cannot be fed. */
export function findInput(graph: GraphProto, modelName: string): ModelInput {
  const stored = new Set(graph.initializer.map((tensor) => tensor.name));
  const inputs = graph.input.filter((value) => !stored.has(value.name));
  const input = inputs[0];
  if (!input || inputs.length > 1) {
    const names = inputs.map((value) => value.name).join(', ');
    throw names === ''
      ? tell('unsupported', 'no-input', { model: modelName })
      : tell('unsupported', 'several-inputs', { model: modelName, inputs: names });
  }
  const element = readElement(input, modelName);
  const dims = readDims(input);
  const declared = dims.map((dim) => dim ?? '?').join(' x ');
  const place = dims.length === 4 ? placeOfChannels(dims, input.name, indexGraph(graph)) : undefined;
  if (!place) {
    const named = { model: modelName, input: input.name };
    throw declared === ''
      ? tell('unsupported', 'input-unknown-shape', named)
      : tell('unsupported', 'input-shape', { ...named, shape: declared });
  }
  const [height = null, width = null] = place.layout === 'nchw' ? dims.slice(2) : dims.slice(1);
  return { name: input.name, layout: place.layout, element, channels: place.channels, height, width, batch: dims[0]! };
}

function readElement(input: ValueInfoProto, modelName: string): ModelInput['element'] {
  const element = input.type?.tensorType?.elemType ?? 0;
  if (element === elementTypes.float32) return 'float32';
  if (element === elementTypes.uint8) return 'uint8';
  if (element === elementTypes.float16) return 'float16';
  throw tell('unsupported', 'input-element', { model: modelName, element: toElementName(element) });
}

/** The dimensions of an input, null where free. */
const readDims = (input: ValueInfoProto): (number | null)[] =>
  (input.type?.tensorType?.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null,
  );

function placeOfChannels(
  [, second, , fourth]: (number | null | undefined)[],
  name: string,
  index: GraphIndex,
): Pick<ModelInput, 'layout' | 'channels'> | undefined {
  if (second === 1 || second === 3) return { layout: 'nchw', channels: second };
  if (fourth === 1 || fourth === 3) return { layout: 'nhwc', channels: fourth };
  if (second !== null) return undefined;
  // The dimension is free: the first convolution knows how many channels it takes.
  const channels = channelsOfConvolution(name, index);
  return channels === 1 || channels === 3 ? { layout: 'nchw', channels } : undefined;
}

function channelsOfConvolution(name: string, index: GraphIndex): number | undefined {
  const convolution = index.takers.get(name)?.find((node) => node.opType === 'Conv');
  return convolution && findConstant(convolution.input[1] ?? '', index)?.dims[1];
}

/** Operators by which a graph may scale pixels on its way in; the constants are their second inputs. */
const scaling = new Set(['Sub', 'Add', 'Mul', 'Div']);
const moving = new Set(['Cast', 'Transpose', 'Identity']);

/**
 * Whether the graph itself scales its pixels, and from which range: 'bytes' for 0 to 255, 'unit' for 0 to 1;
 * undefined where the first thing it does is something else.
 */
export function findOwnScaling({ graph, externalPaths }: ModelFile, input: ModelInput): 'bytes' | 'unit' | undefined {
  const index = indexGraph(graph);
  const constants: { operator: string; largest: number }[] = [];
  let tensor = input.name;
  for (let step = 0; step < graph.node.length; step++) {
    const takers = index.takers.get(tensor) ?? [];
    const node = takers[0];
    if (!node || takers.length > 1) break;
    if (scaling.has(node.opType)) {
      const largest = largestConstant(node, tensor, index, externalPaths);
      if (largest === undefined) break;
      constants.push({ operator: node.opType, largest });
    } else if (!moving.has(node.opType)) break;
    tensor = node.output[0] ?? '';
  }
  if (constants.length === 0) return undefined;
  return constants.some(isForBytes) ? 'bytes' : 'unit';
}

/** Means above 2, divisors above 2 and factors below 1/20 only make sense for pixels of 0 to 255. */
function isForBytes({ operator, largest }: { operator: string; largest: number }): boolean {
  return operator === 'Mul' ? largest < 0.05 : largest > 2;
}

function largestConstant(
  node: NodeProto,
  tensor: string,
  index: GraphIndex,
  externalPaths: Map<string, string>,
): number | undefined {
  const constant = findConstant(node.input.find((name) => name !== tensor) ?? '', index);
  if (!constant) return undefined;
  return constant.read(externalPaths).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

// The input through which pictures enter a graph, and what the graph itself does to them first.
import { tell } from '../../../shared/told.ts';
import type { ModelInput } from '../../../shared/model.ts';
import { findConstant, findShape } from './constants.ts';
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

/** Of the first convolution, where nothing before it changes how many there are. */
function channelsOfConvolution(name: string, index: GraphIndex): number | undefined {
  for (const { node } of wayIn(name, index)) {
    if (node.opType === 'Conv') return findConstant(node.input[1] ?? '', index)?.dims[1];
    if (node.opType === 'Transpose' || !(scaling.has(node.opType) || moving.has(node.opType))) return undefined;
  }
  return undefined;
}

/** The nodes that pictures pass one after the other, until they part, each with the tensor by which it is reached. */
function* wayIn(name: string, index: GraphIndex): Generator<{ node: NodeProto; tensor: string }> {
  let tensor = name;
  for (let step = 0; step < index.graph.node.length; step++) {
    const [node, ...others] = index.takers.get(tensor) ?? [];
    if (!node || others.length > 0) return;
    yield { node, tensor };
    tensor = node.output[0] ?? '';
  }
}

/** Operators by which a graph may scale pixels on its way in; the constants are their second inputs. */
const scaling = new Set(['Sub', 'Add', 'Mul', 'Div', 'BatchNormalization']);
/** Operators that leave the pixels' values as they are, or much so. */
const moving = new Set(['Cast', 'Transpose', 'Identity', 'Slice', 'Gather', 'Resize', 'Upsample', 'Pad']);

export interface OwnScaling {
  /** 'bytes' where pixels of 0 to 255 are scaled, 'unit' for 0 to 1; undefined where the graph scales none. */
  from: 'bytes' | 'unit' | undefined;
  /** The order of the channels, where the means that are subtracted tell it. */
  channels: 'rgb' | 'bgr' | undefined;
}

/** How the graph itself scales its pixels, before it does anything else with them. */
export function findOwnScaling({ graph, externalPaths }: ModelFile, input: ModelInput): OwnScaling {
  const index = indexGraph(graph);
  const constants: { operator: string; largest: number }[] = [];
  let channels: OwnScaling['channels'];
  let isTurned = false;
  for (const { node, tensor } of wayIn(input.name, index)) {
    if (scaling.has(node.opType)) {
      const values = readScale(node, tensor, index, externalPaths);
      if (!values) break;
      const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      // Pixels around zero have been scaled before they come in.
      if (node.opType === 'BatchNormalization' && largest < leastMean) break;
      constants.push({ operator: node.opType, largest });
      channels ??= orderOf(values, isTurned);
    } else if (!moving.has(node.opType)) break;
    isTurned = isTurned !== turnsChannels(node, index);
  }
  if (constants.length === 0) return { from: undefined, channels };
  return { from: constants.some(isForBytes) ? 'bytes' : 'unit', channels };
}

const leastMean = 0.1;

/** Means above 2, divisors above 2 and factors below 1/20 only make sense for pixels of 0 to 255. */
function isForBytes({ operator, largest }: { operator: string; largest: number }): boolean {
  return operator === 'Mul' ? largest < 0.05 : largest > 2;
}

/** What a node scales or moves pixels by: of a normalisation the mean. */
function readScale(
  node: NodeProto,
  tensor: string,
  index: GraphIndex,
  externalPaths: Map<string, string>,
): Float32Array | undefined {
  const name = node.opType === 'BatchNormalization' ? node.input[3] : node.input.find((each) => each !== tensor);
  return findConstant(name ?? '', index)?.read(externalPaths);
}

/** Of ImageNet's pictures, red, green and blue: everyone's photographs. */
const usualMeans = [0.485, 0.456, 0.406];

/** The order in which the usual means are subtracted, of channels that may have been turned around before. */
function orderOf(values: Float32Array, isTurned: boolean): OwnScaling['channels'] {
  const means = [...values].map((value) => Math.abs(value) / (Math.abs(value) > 2 ? 255 : 1));
  const isUsual = (order: number[]) =>
    means.length === 3 && means.every((mean, i) => Math.abs(mean - order[i]!) < 0.01);
  if (isUsual(usualMeans)) return isTurned ? 'bgr' : 'rgb';
  return isUsual(usualMeans.toReversed()) ? (isTurned ? 'rgb' : 'bgr') : undefined;
}

/** Whether the node makes BGR of RGB: by the places 2, 1, 0, or by steps of -1. */
function turnsChannels(node: NodeProto, index: GraphIndex): boolean {
  if (node.opType === 'Gather') return findShape(node.input[1] ?? '', index)?.join() === '2,1,0';
  return node.opType === 'Slice' && findShape(node.input[4] ?? '', index)?.join() === '-1';
}

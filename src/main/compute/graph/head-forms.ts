// The forms in which graphs write a linear layer. A further form is one more function in the list.
import type { HeadKind } from '../../../shared/model.ts';
import { readFloat, readInt } from './attributes.ts';
import { createNode } from './build.ts';
import { elementTypes } from './element-types.ts';
import { findConstant, sizeOf, transpose, type Constant } from './constants.ts';
import type { GraphIndex } from './graph-index.ts';
import type { NodeProto } from './onnx_pb.js';

/** A linear layer with weights that the file says plainly: logits = weightScale (features x weights) + biasScale bias. */
export interface PlainLayer {
  /** d x C, turned where it is stored the other way. */
  weights: Constant;
  /** C values or one; null where there is none. */
  bias: Constant | null;
  weightScale: number;
  biasScale: number;
}

/** A node that ends a linear layer. */
export interface LinearNode {
  kind: HeadKind;
  /** The tensor that enters the layer; where `making` is not empty, one that those nodes make. */
  features: string;
  making: NodeProto[];
  /** null where the numbers can only be found by running it. */
  layer: PlainLayer | null;
  entry: Entry;
}

/** Where the layer begins in the graph itself. */
export interface Entry {
  tensor: string;
  /** Whether the layer goes over every place of a map, image x channel x height x width; else it takes vectors. */
  isMap: boolean;
  /** Names of the scale and the zero point of a tensor of whole numbers. */
  rounding: { scale: string; zero: string } | null;
}

const asVector = (tensor: string): Pick<LinearNode, 'features' | 'making' | 'entry'> => ({
  features: tensor,
  making: [],
  entry: { tensor, isMap: false, rounding: null },
});

type ReadForm = (node: NodeProto, index: GraphIndex) => LinearNode | undefined;

/** The layer that ends in `node`, or undefined where the node is no linear layer. */
export function readLinear(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  return forms.get(node.opType)?.(node, index);
}

const forms = new Map<string, ReadForm>([
  ['Gemm', readGemm],
  ['MatMul', readMatMul],
  ['Add', readMatMulAdd],
  ['Sum', readMatMulAdd],
  ['Conv', readConvolution],
  ['Einsum', readProduct],
  ['FusedMatMul', readProduct],
  ['MatMulNBits', readProduct],
  ['DynamicQuantizeMatMul', readProduct],
  ['MatMulInteger', readWholeNumbers],
  ['MatMulIntegerToFloat', readWholeNumbers],
  ['QLinearMatMul', readQuantised],
  ['QGemm', readQuantised],
  ['QLinearConv', readQuantised],
]);

/** Y = alpha A B + beta C, with B d x C or (transB) C x d. */
function readGemm(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  // A Gemm that turns its features has images in columns, which no classifier does.
  if (readInt(node, 'transA', 0) !== 0) return undefined;
  const [features = '', weightsName = '', biasName = ''] = node.input;
  const stored = findConstant(weightsName, index);
  const weights = stored && readInt(node, 'transB', 0) !== 0 ? transpose(stored) : stored;
  const bias = biasName === '' ? null : findConstant(biasName, index);
  const scales = { weightScale: readFloat(node, 'alpha', 1), biasScale: readFloat(node, 'beta', 1) };
  return { kind: 'Gemm', ...asVector(features), layer: toLayer(weights, bias, scales) };
}

function readMatMul(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  const [features = '', weightsName = ''] = node.input;
  const layer = toLayer(findConstant(weightsName, index), null);
  return { kind: 'MatMul', ...asVector(features), layer };
}

function readMatMulAdd(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  if (node.input.length !== 2) return undefined;
  const product = node.input.find((name) => index.makers.get(name)?.opType === 'MatMul') ?? '';
  const matMul = index.makers.get(product);
  if (!matMul) return undefined;
  const [features = '', weightsName = ''] = matMul.input;
  const bias = findConstant(node.input.find((name) => name !== product) ?? '', index);
  const layer = toLayer(findConstant(weightsName, index), bias);
  return { kind: 'MatMul+Add', ...asVector(features), layer };
}

/**
 * A convolution of 1 x 1, C x d x 1 x 1, is the layer at every place. The mean over the places may be taken before it or
 * behind it, so the mean of what enters it are the features in both cases.
 */
function readConvolution(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  const [map = '', weightsName = '', biasName = ''] = node.input;
  const stored = findConstant(weightsName, index);
  const [classes = 0, dimensions = 0, ...kernel] = stored?.dims ?? [];
  if (!stored || readInt(node, 'group', 1) !== 1 || kernel.some((size) => size !== 1)) return undefined;
  const weights = transpose({ ...stored, dims: [classes, dimensions] });
  const layer = toLayer(weights, biasName === '' ? null : findConstant(biasName, index));
  return { kind: 'Conv1x1', ...takeMean(map), layer, entry: { tensor: map, isMap: true, rounding: null } };
}

/**
 * The mean over the places of a map, image x channel x height x width (or with the channels last), as features. Taken in
 * float32, so that a map of halves is not rounded once more.
 */
export function takeMean(map: string, isChannelsLast = false): Pick<LinearNode, 'features' | 'making'> {
  const [wide, turned, features] = ['wide', 'turned', 'mean'].map((step) => `${map}/second-look-${step}`) as [
    string,
    string,
    string,
  ];
  const widen = createNode('Cast', [map], [wide], { to: BigInt(elementTypes.float32) });
  const turn = createNode('Transpose', [wide], [turned], { perm: [0n, 3n, 1n, 2n] });
  const mean = createNode('GlobalAveragePool', [isChannelsLast ? turned : wide], [features]);
  return { features, making: isChannelsLast ? [widen, turn, mean] : [widen, mean] };
}

/** A product of features and constants in a form of its own; whether it is linear, and how, running it tells. */
function readProduct(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  const [features, ...others] = node.input.filter((name) => name !== '' && !index.initializers.has(name));
  if (features === undefined || others.length > 0) return undefined;
  return { kind: node.opType as HeadKind, ...asVector(features), layer: null };
}

/** The features are what is made whole numbers just before: rounding is a part of the layer that is then left out. */
function readWholeNumbers(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  const rounding = index.makers.get(node.input[0] ?? '');
  if (rounding?.opType !== 'DynamicQuantizeLinear' && rounding?.opType !== 'QuantizeLinear') return undefined;
  return { kind: node.opType as HeadKind, ...asVector(rounding.input[0] ?? ''), layer: null };
}

/** Inputs a, its scale, its zero point, and then the weights. */
function readQuantised(node: NodeProto, index: GraphIndex): LinearNode | undefined {
  const [whole = '', scale = '', zero = ''] = node.input;
  const kind = node.opType as HeadKind;
  const rounding = index.makers.get(whole);
  const isMap = kind === 'QLinearConv';
  if (rounding?.opType === 'QuantizeLinear' && !isMap)
    return { kind, ...asVector(rounding.input[0] ?? ''), layer: null };
  const values = `${whole}/second-look-values`;
  const widen = createNode('DequantizeLinear', [whole, scale, zero], [values]);
  const entry = { tensor: whole, isMap, rounding: { scale, zero } };
  if (!isMap) return { kind, features: values, making: [widen], layer: null, entry };
  const mean = takeMean(values);
  return { kind, features: mean.features, making: [widen, ...mean.making], layer: null, entry };
}

/** null where a part is not written in the file, or not in the shape of a layer. */
function toLayer(
  weights: Constant | undefined,
  bias: Constant | null | undefined,
  { weightScale, biasScale } = { weightScale: 1, biasScale: 1 },
): PlainLayer | null {
  if (weights?.dims.length !== 2 || bias === undefined) return null;
  if (bias && ![1, weights.dims[1]].includes(sizeOf(bias.dims))) return null;
  return { weights, bias, weightScale, biasScale };
}

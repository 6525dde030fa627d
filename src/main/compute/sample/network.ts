// The sample's model: a small convolutional classifier whose filters are drawn, as those of a pretrained backbone are
// given, and whose head is learned.
import { createModel, createNode, createTensor, createValue, toModelBytes } from '../graph/build.ts';
import { createChance } from './chance.ts';
import { pictureSize } from './scene.ts';

/** d. */
export const featureCount = 128;

export interface HeadWeights {
  /** d x C, row-major. */
  weights: Float32Array;
  /** C. */
  bias: Float32Array;
}

/**
 * The ONNX file. It takes pictures as N x 3 x 96 x 96, RGB from 0 to 1: colour edges, bars and blobs, then random mixtures
 * of those (which keep most of what can be told apart: Jarrett and others, "What is the best multi-stage architecture for
 * object recognition?", 2009), their maxima over the picture as features, and the head.
 */
export function createNetwork({ weights, bias }: HeadWeights): Uint8Array {
  const kernels = drawKernels();
  const mixtures = drawMixtures(kernels.length, 1);
  const pads = (size: bigint) => [size, size, size, size];
  const half = { kernel_shape: [2n, 2n], strides: [2n, 2n] };
  return toModelBytes(
    createModel({
      name: 'sample',
      inputs: [createValue('pictures', 'float32', ['N', 3, pictureSize, pictureSize])],
      outputs: [createValue('logits', 'float32', ['N', bias.length])],
      nodes: [
        createNode('Sub', ['pictures', 'gray'], ['centred']),
        createNode('Conv', ['centred', 'kernels'], ['responses'], { pads: pads(3n), strides: [2n, 2n] }),
        createNode('Relu', ['responses'], ['edges']),
        createNode('MaxPool', ['edges'], ['strongest'], half),
        createNode('Conv', ['strongest', 'mixtures'], ['mixed'], { pads: pads(1n) }),
        createNode('Relu', ['mixed'], ['parts']),
        createNode('GlobalMaxPool', ['parts'], ['maxima']),
        createNode('Flatten', ['maxima'], ['features']),
        createNode('Gemm', ['features', 'weights', 'bias'], ['logits']),
      ],
      initializers: [
        createTensor('gray', [1], Float32Array.of(0.5)),
        createTensor('kernels', [kernels.length, 3, kernelSize, kernelSize], Float32Array.from(kernels.flat())),
        createTensor('mixtures', [featureCount, kernels.length, 3, 3], mixtures),
        createTensor('weights', [featureCount, bias.length], weights),
        createTensor('bias', [bias.length], bias),
      ],
    }),
  );
}

const kernelSize = 7;

/** A pattern over a kernel's window; x and y from -1 to 1. */
type Pattern = (x: number, y: number) => number;
/** What a kernel takes of red, green and blue. */
type ColourAxis = readonly [number, number, number];

const brightness: ColourAxis = [1, 1, 1];
const redGreen: ColourAxis = [1, -1, 0];
const blueYellow: ColourAxis = [-0.5, -0.5, 1];
const blobAxes: ColourAxis[] = [brightness, redGreen, blueYellow, [1, -0.5, -0.5], [-0.5, 1, -0.5]];

const bell: Pattern = (x, y) => Math.exp(-1.28 * (x * x + y * y));
const edge =
  (angle: number): Pattern =>
  (x, y) =>
    (x * Math.cos(angle) + y * Math.sin(angle)) * bell(x, y);
const bar =
  (angle: number): Pattern =>
  (x, y) =>
    (1 - (2.2 * (x * Math.cos(angle) + y * Math.sin(angle))) ** 2) * bell(x, y);

const angles = (count: number, turn: number) => Array.from({ length: count }, (_, index) => (index * turn) / count);

/** Each 3 x 7 x 7, of length 1. */
function drawKernels(): number[][] {
  return [
    ...angles(12, 2 * Math.PI).map((angle) => drawKernel(edge(angle), brightness)),
    ...angles(8, 2 * Math.PI).map((angle) => drawKernel(edge(angle), redGreen)),
    ...angles(8, 2 * Math.PI).map((angle) => drawKernel(edge(angle), blueYellow)),
    ...angles(4, Math.PI).map((angle) => drawKernel(bar(angle), brightness)),
    ...blobAxes.map((axis) => drawKernel(bell, axis)),
    ...blobAxes.map((axis) => drawKernel((x, y) => -bell(x, y), axis)),
  ];
}

function drawKernel(pattern: Pattern, axis: ColourAxis): number[] {
  const places = Array.from({ length: kernelSize }, (_, index) => (2 * index) / (kernelSize - 1) - 1);
  return normalise(axis.flatMap((part) => places.flatMap((y) => places.map((x) => part * pattern(x, y)))));
}

/** d x channels x 3 x 3, each mixture of mean 0 and length 1. */
function drawMixtures(channels: number, seed: number): Float32Array {
  const chance = createChance(seed);
  const size = channels * 9;
  const mixtures = new Float32Array(featureCount * size);
  for (let mixture = 0; mixture < featureCount; mixture++) {
    const values = Array.from({ length: size }, () => chance.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / size;
    mixtures.set(normalise(values.map((value) => value - mean)), mixture * size);
  }
  return mixtures;
}

function normalise(values: number[]): number[] {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

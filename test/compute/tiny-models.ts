// ONNX files small enough to be checked by hand: the features are the means of the channels.
import { create } from '@bufbuild/protobuf';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createModel,
  createNode,
  createTensor,
  createValue,
  toModelBytes,
  type ModelParts,
} from '../../src/main/compute/graph/build.ts';
import { OperatorSetIdProtoSchema, type NodeProto, type TensorProto } from '../../src/main/compute/graph/onnx_pb.js';

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'second-look-compute-'));

/** Writes a file into a new folder and returns its path. */
export function writeTemporary(name: string, content: Uint8Array | string): string {
  const path = join(makeFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** Two classes over three channel means: W is 3 x 2, row-major. */
export const weights = [1, -1, 0.5, 2, 0.25, 0];
export const bias = [0.5, -0.5];

export const headTensors: TensorProto[] = [
  createTensor('w', [3, 2], Float32Array.from(weights)),
  createTensor('b', [2], Float32Array.from(bias)),
];

const gemm = [createNode('Gemm', ['features', 'w', 'b'], ['logits'])];

export interface TinyParts {
  /** From `features` (batch x 3) to `logits` (batch x 2). */
  head?: NodeProto[];
  /** From `picture` (as the input declares it) to `pooled`; the mean of each channel where left out. */
  body?: NodeProto[];
  initializers?: TensorProto[];
  input?: ReturnType<typeof createValue>;
  outputs?: ModelParts['outputs'];
  opset?: number;
  irVersion?: number;
}

const pooled = [createNode('GlobalAveragePool', ['picture'], ['pooled'])];

/** The bytes of a model of pictures of 4 x 4: batch x 3 x 4 x 4, or what `parts` say. */
export function makeTinyModel({ head = gemm, body = pooled, ...parts }: TinyParts = {}): Uint8Array {
  const { input, outputs, initializers = headTensors, ...versions } = parts;
  const model = createModel({
    name: 'tiny',
    inputs: [input ?? createValue('picture', 'float32', ['N', 3, 4, 4])],
    outputs: outputs ?? [createValue('logits', 'float32', ['N', 2])],
    nodes: [...body, createNode('Flatten', ['pooled'], ['features']), ...head],
    initializers,
    ...versions,
  });
  for (const domain of new Set(head.map((node) => node.domain).filter((each) => each !== '')))
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: 1n }));
  return toModelBytes(model);
}

/** What the head makes of three channel means. */
export const logitsOf = (means: number[]): number[] =>
  bias.map((offset, c) => means.reduce((sum, mean, k) => sum + mean * weights[k * 2 + c]!, offset));

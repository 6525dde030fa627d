import { fromBinary } from '@bufbuild/protobuf';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNode, createTensor, createValue } from '../../../src/main/compute/graph/build.ts';
import { findHead } from '../../../src/main/compute/graph/find-head.ts';
import { readHeadWeights } from '../../../src/main/compute/graph/head-weights.ts';
import { ModelProtoSchema } from '../../../src/main/compute/graph/onnx_pb.js';
import { inspectModel } from '../../../src/main/compute/inspect-model.ts';
import type { AppError } from '../../../src/shared/errors.ts';
import { describeWithMaterial, materialPath } from '../../material.ts';
import { bias, headTensors, makeTinyModel, weights, type TinyParts } from '../tiny-models.ts';

const find = (parts: TinyParts) => findHead(fromBinary(ModelProtoSchema, makeTinyModel(parts)).graph!, 'tiny.onnx');

const turned = createTensor('wt', [2, 3], Float32Array.of(1, 0.5, 0.25, -1, 2, 0));
const shape = createTensor('shape', [2], BigInt64Array.of(0n, -1n));
const constant = (name: string, tensor: (typeof headTensors)[number]) =>
  createNode('Constant', [], [name], { value: tensor });

describe('a head is found as', () => {
  const forms: [string, string, TinyParts][] = [
    ['Gemm', 'Gemm', {}],
    [
      'Gemm with transB',
      'Gemm',
      {
        head: [createNode('Gemm', ['features', 'wt', 'b'], ['logits'], { transB: 1n })],
        initializers: [turned, headTensors[1]!],
      },
    ],
    [
      'MatMul + Add, the bias first',
      'MatMul+Add',
      { head: [createNode('MatMul', ['features', 'w'], ['m']), createNode('Add', ['b', 'm'], ['logits'])] },
    ],
    [
      'Gemm over Constant and Transpose',
      'Gemm',
      {
        head: [
          constant('stored', turned),
          createNode('Transpose', ['stored'], ['w'], { perm: [1n, 0n] }),
          createNode('Gemm', ['features', 'w', 'b'], ['logits']),
        ],
        initializers: [headTensors[1]!],
      },
    ],
    [
      'MatMul + Add over Identity and Reshape',
      'MatMul+Add',
      {
        head: [
          createNode('Identity', ['flat'], ['same']),
          createNode('Reshape', ['same', 'to'], ['w']),
          createNode('MatMul', ['features', 'w'], ['m']),
          createNode('Add', ['m', 'b'], ['logits']),
        ],
        initializers: [
          createTensor('flat', [1, 6], Float32Array.from(weights)),
          createTensor('to', [2], BigInt64Array.of(3n, -1n)),
          headTensors[1]!,
        ],
      },
    ],
    [
      'Gemm before Identity, Dropout, Reshape and LogSoftmax',
      'Gemm',
      {
        head: [
          createNode('Gemm', ['features', 'w', 'b'], ['z']),
          createNode('Identity', ['z'], ['z1']),
          createNode('Dropout', ['z1'], ['z2']),
          createNode('Reshape', ['z2', 'shape'], ['z3']),
          createNode('LogSoftmax', ['z3'], ['logits']),
        ],
        initializers: [...headTensors, shape],
      },
    ],
  ];

  it.each(forms)('%s', (_, kind, parts) => {
    const { head, otherOutputs } = find(parts);
    expect(head).toMatchObject({ kind, features: 'features', dimensions: 3, classes: 2, exact: true });
    expect(otherOutputs).toEqual([]);
    const read = readHeadWeights(head, new Map());
    expect([...read.weights]).toEqual(weights);
    expect([...read.bias]).toEqual(bias);
  });

  it('a Gemm with alpha and beta, which are multiplied in', () => {
    const gemm = createNode('Gemm', ['features', 'w', 'b'], ['logits'], { alpha: 2, beta: -1 });
    const read = readHeadWeights(find({ head: [gemm] }).head, new Map());
    expect([...read.weights]).toEqual(weights.map((value) => 2 * value));
    expect([...read.bias]).toEqual(bias.map((value) => -value));
  });

  it('a MatMul without bias', () => {
    const read = readHeadWeights(find({ head: [createNode('MatMul', ['features', 'w'], ['logits'])] }).head, new Map());
    expect([...read.bias]).toEqual([0, 0]);
  });
});

describe('of several outputs', () => {
  const value = (name: string) => createValue(name, 'float32');

  it('the one that leads to a head is taken', () => {
    const { head, otherOutputs } = find({ outputs: [value('features'), value('logits')] });
    expect(head.logits).toBe('logits');
    expect(otherOutputs).toEqual(['features']);
  });

  it('a classifier is taken before the embedding that it classifies', () => {
    const { head } = find({
      head: [
        createNode('Gemm', ['features', 'e', ''], ['embedding']),
        createNode('Relu', ['embedding'], ['active']),
        createNode('Gemm', ['active', 'w', 'b'], ['logits']),
      ],
      outputs: [value('embedding'), value('logits')],
      initializers: [...headTensors, createTensor('e', [3, 3], new Float32Array(9))],
    });
    expect(head).toMatchObject({ features: 'active', logits: 'logits' });
  });
});

describe('no head is found where', () => {
  const refusals: [string, string, TinyParts][] = [
    [
      'a Relu stands behind the classifier',
      'comes from GlobalAveragePool, Flatten, Gemm, Relu',
      { head: [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Relu', ['z'], ['logits'])] },
    ],
    [
      'the weights are computed',
      'the weights of its MatMul are computed, not constant',
      { head: [createNode('Abs', ['features'], ['w2']), createNode('MatMul', ['features', 'w2'], ['logits'])] },
    ],
    [
      'the bias is computed',
      'the bias of its MatMul+Add is computed, not constant',
      { head: [createNode('MatMul', ['features', 'w'], ['m']), createNode('Add', ['m', 'm'], ['logits'])] },
    ],
    [
      'the weights are no matrix',
      'the weights of its MatMul are no matrix',
      {
        head: [createNode('MatMul', ['features', 'w'], ['logits'])],
        initializers: [createTensor('w', [1, 3, 2], Float32Array.from(weights))],
      },
    ],
    [
      'the weights are whole numbers',
      'the weights of its MatMul are uint8',
      {
        head: [createNode('MatMul', ['features', 'w'], ['logits'])],
        initializers: [createTensor('w', [3, 2], new Uint8Array(6))],
      },
    ],
    [
      'the graph runs in circles',
      'its output "logits" comes from',
      { head: [createNode('Identity', ['logits'], ['logits'])] },
    ],
    [
      'the weights run in circles',
      'the weights of its MatMul are computed, not constant',
      {
        head: [createNode('Identity', ['w'], ['w']), createNode('MatMul', ['features', 'w'], ['logits'])],
        initializers: [],
      },
    ],
    ['the output comes from nowhere', 'its output "logits" comes from no operator', { head: [] }],
  ];

  it.each(refusals)('%s', (_, found, parts) => {
    const error = catchError(() => find(parts));
    expect(error).toMatchObject({ name: 'AppError', code: 'unsupported' });
    expect(error.message).toContain('tiny.onnx has no head that Second Look understands: ');
    expect(error.message).toContain(found);
    expect(error.message).toContain('Understood are Gemm and MatMul');
  });
});

function catchError(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('Nothing was thrown.');
}

describeWithMaterial('of the real models', () => {
  const understood: Record<string, [kind: string, dimensions: number, classes: number]> = {
    'mnist-12_ort.onnx': ['MatMul+Add', 256, 10],
    'mobilenet_v1_0.25_96_vww_mlperftiny.onnx': ['Gemm', 256, 2],
    'resnet20_cifar10_akamaster.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_features.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_fixedbatch1.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_matmul_add.onnx': ['MatMul+Add', 64, 10],
    'resnet20_cifar10jpg_nobias.onnx': ['MatMul', 64, 10],
    'resnet20_cifar10jpg_softmax.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_trained_on_cifar10n_worse.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_uint8nhwc.onnx': ['Gemm', 64, 10],
    'resnet8_cifar10_mlperftiny.onnx': ['Gemm', 64, 10],
    'tiny_auto_horse.onnx': ['Gemm', 32, 2],
  };
  const refused: Record<string, string> = {
    'mobilenet_v1_0.5_160_coral_deq.onnx': 'comes from GlobalAveragePool, Conv, Flatten, Softmax',
    'resnet20_cifar10jpg_conv1x1_gap.onnx': 'comes from Relu, Conv, GlobalAveragePool, Flatten',
    'resnet20_cifar10jpg_gap_conv1x1.onnx': 'comes from Relu, GlobalAveragePool, Conv, Flatten',
    'squeezenet_fp16_winml.onnx': 'takes float16 pictures',
  };

  it('each is in one of the two tables', () => {
    const models = readdirSync(materialPath('models')).filter((name) => name.endsWith('.onnx'));
    expect(models.sort()).toEqual([...Object.keys(understood), ...Object.keys(refused)].sort());
  });

  it.each(Object.entries(understood))('%s is understood', async (name, [kind, dimensions, classes]) => {
    const { head } = await inspectModel(materialPath(`models/${name}`));
    expect(head).toMatchObject({ kind, dimensions, classes, exact: true });
  });

  it.each(Object.entries(refused))('%s is refused with a sentence', async (name, found) => {
    const refusal = inspectModel(materialPath(`models/${name}`));
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported' });
    await expect(refusal).rejects.toThrow(found);
  });
});

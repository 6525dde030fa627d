// The forms in which graphs write the same head: `weights` and `bias` of tiny-models, which files of the wild write so.
import { create } from '@bufbuild/protobuf';
import { createNames, createNode, createTensor, createValue } from '../../src/main/compute/graph/build.ts';
import { elementTypes } from '../../src/main/compute/graph/element-types.ts';
import { TensorProtoSchema } from '../../src/main/compute/graph/onnx_pb.js';
import { bias, headTensors, weights, type TinyParts } from './tiny-models.ts';

export const float = (name: string, dims: number[], values: number[]) =>
  createTensor(name, dims, Float32Array.from(values));
export const whole = (name: string, ...values: number[]) =>
  createTensor(name, [values.length], BigInt64Array.from(values.map(BigInt)));
const constant = (name: string, tensor: (typeof headTensors)[number]) =>
  createNode('Constant', [], [name], { value: tensor });

const doubles = (name: string, dims: number[], doubleData: number[]) =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: elementTypes.float64, doubleData });

/** As float16: sign, exponent and fraction of small dyadic numbers fit without rounding. */
export function halves(name: string, dims: number[], values: number[]) {
  const int32Data = values.map((value) => {
    if (value === 0) return 0;
    const exponent = Math.floor(Math.log2(Math.abs(value)));
    const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
    return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
  });
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: elementTypes.float16, int32Data });
}

/** An operator of ONNX Runtime's own, as its optimisers write them. */
const own = (...parts: Parameters<typeof createNode>) =>
  Object.assign(createNode(...parts), { domain: 'com.microsoft' });

export const turnedWeights = [1, 0.5, 0.25, -1, 2, 0];
const turned = float('wt', [2, 3], turnedWeights);
const b = headTensors[1]!;
/** The weights in steps of 1/32: zero point 3. */
const steps = createTensor('steps', [3, 2], Int8Array.from(weights.map((value) => value * 32 + 3)));
const stepTensors = [steps, float('step', [], [1 / 32]), createTensor('three', [], Int8Array.of(3))];
const gemm = createNode('Gemm', ['features', 'w', 'b'], ['logits']);

/** A title, the kind that it is found as, and the model. */
export const forms: [string, string, TinyParts][] = [
  ['Gemm', 'Gemm', {}],
  [
    'Gemm with transB, alpha and beta',
    'Gemm',
    {
      head: [createNode('Gemm', ['features', 'half', 'minus'], ['logits'], { transB: 1n, alpha: 2, beta: -1 })],
      initializers: [
        float(
          'half',
          [2, 3],
          turnedWeights.map((value) => value / 2),
        ),
        float(
          'minus',
          [2],
          bias.map((value) => -value),
        ),
      ],
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
      head: [constant('stored', turned), createNode('Transpose', ['stored'], ['w'], { perm: [1n, 0n] }), gemm],
      initializers: [b],
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
      initializers: [float('flat', [1, 6], weights), whole('to', 3, -1), b],
    },
  ],
  [
    'Gemm over weights of half precision behind a Cast',
    'Gemm',
    {
      head: [createNode('Cast', ['stored'], ['w'], { to: 1n }), gemm],
      initializers: [halves('stored', [3, 2], weights), b],
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
      initializers: [...headTensors, whole('shape', 0, -1)],
    },
  ],
  [
    'Gemm before Sigmoid',
    'Gemm',
    { head: [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Sigmoid', ['z'], ['logits'])] },
  ],
  [
    'Gemm before Softmax and ArgMax',
    'Gemm',
    {
      head: [
        createNode('Gemm', ['features', 'w', 'b'], ['z']),
        createNode('Softmax', ['z'], ['p']),
        createNode('ArgMax', ['p'], ['logits'], { axis: 1n, keepdims: 0n }),
      ],
      outputs: [createValue('logits', 'int64', ['N'])],
    },
  ],
  [
    'Conv1x1 before the mean over the places',
    'Conv1x1',
    {
      body: [
        createNode('Conv', ['picture', 'wc', 'b'], ['map'], { kernel_shape: [1n, 1n] }),
        createNode('GlobalAveragePool', ['map'], ['pooled']),
      ],
      head: [createNode('Identity', ['features'], ['logits'])],
      initializers: [float('wc', [2, 3, 1, 1], turnedWeights), b],
    },
  ],
  [
    'Conv1x1 behind it, before Squeeze and Softmax',
    'Conv1x1',
    {
      head: [
        createNode('Conv', ['pooled', 'wc', 'b'], ['map']),
        createNode('Squeeze', ['map', 'places'], ['z']),
        createNode('Softmax', ['z'], ['logits']),
      ],
      initializers: [float('wc', [2, 3, 1, 1], turnedWeights), b, whole('places', 2, 3)],
    },
  ],
  [
    'MatMul + Add behind a mean with the channels last',
    'MatMul+Add',
    {
      input: createValue('picture', 'float32', ['N', 4, 4, 3]),
      body: [createNode('ReduceMean', ['picture'], ['pooled'], { axes: [1n, 2n], keepdims: 1n })],
      head: [
        createNode('MatMul', ['pooled', 'w'], ['m']),
        createNode('Add', ['m', 'b'], ['z']),
        createNode('Reshape', ['z', 'two'], ['logits']),
      ],
      initializers: [...headTensors, whole('two', -1, 2)],
    },
  ],
  [
    'Gemm of which the logits are divided by a temperature',
    'Gemm',
    {
      head: [createNode('Gemm', ['features', 'w4', 'b4'], ['z']), createNode('Div', ['z', 'four'], ['logits'])],
      initializers: [
        float(
          'w4',
          [3, 2],
          weights.map((value) => 4 * value),
        ),
        float(
          'b4',
          [2],
          bias.map((value) => 4 * value),
        ),
        float('four', [], [4]),
      ],
    },
  ],
  [
    'Gemm before Softmax, bounds and a logarithm',
    'Gemm',
    {
      head: [
        createNode('Gemm', ['features', 'w', 'b'], ['z']),
        createNode('Softmax', ['z'], ['p']),
        createNode('Clip', ['p', 'least', ''], ['bounded']),
        createNode('Log', ['bounded'], ['logits']),
      ],
      initializers: [...headTensors, float('least', [], [1e-7])],
    },
  ],
  [
    'Gemm before a Softmax that is written out',
    'Gemm',
    {
      head: [
        createNode('Gemm', ['features', 'w', 'b'], ['z']),
        createNode('ReduceMax', ['z'], ['largest'], { axes: [1n] }),
        createNode('Sub', ['z', 'largest'], ['shifted']),
        createNode('Exp', ['shifted'], ['e']),
        createNode('ReduceSum', ['e', 'last'], ['sum']),
        createNode('Div', ['e', 'sum'], ['logits']),
      ],
      initializers: [...headTensors, whole('last', 1)],
    },
  ],
  [
    'Gemm before BatchNormalization, of more classes than are given out',
    'Gemm',
    {
      head: [
        createNode('Gemm', ['features', 'w3', 'b3'], ['z']),
        createNode('BatchNormalization', ['z', 'one', 'none', 'none', 'sixteen'], ['n'], { epsilon: 1e-9 }),
        createNode('Slice', ['n', 'first', 'end', 'first'], ['logits']),
      ],
      initializers: [
        float('w3', [3, 3], [9, 4, -4, 8, 2, 8, 7, 1, 0]),
        float('b3', [3], [5, 2, -2]),
        float('one', [3], [1, 1, 1]),
        float('none', [3], [0, 0, 0]),
        float('sixteen', [3], [16, 16, 16]),
        whole('first', 1),
        whole('end', 3),
      ],
    },
  ],
  [
    'Einsum and Sum',
    'Einsum',
    {
      head: [
        createNode('Einsum', ['features', 'w'], ['m'], { equation: 'nd,dc->nc' }),
        createNode('Sum', ['m', 'b'], ['logits']),
      ],
    },
  ],
  [
    "ONNX Runtime's own MatMul with scales",
    'FusedMatMul',
    {
      head: [
        own('FusedMatMul', ['features', 'wt'], ['m'], { transB: 1n, alpha: 0.5 }),
        createNode('Add', ['m', 'b'], ['logits']),
      ],
      initializers: [
        float(
          'wt',
          [2, 3],
          turnedWeights.map((value) => 2 * value),
        ),
        b,
      ],
    },
  ],
  [
    'MatMul + Add in double precision',
    'MatMul+Add',
    {
      head: [
        createNode('Cast', ['features'], ['wide'], { to: 11n }),
        createNode('MatMul', ['wide', 'wd'], ['m']),
        createNode('Add', ['m', 'bd'], ['logits']),
      ],
      initializers: [doubles('wd', [3, 2], weights), doubles('bd', [2], bias)],
      outputs: [createValue('logits', 'float64', ['N', 2])],
    },
  ],
  [
    'MatMul + Add of one picture that has lost its batch',
    'MatMul+Add',
    {
      input: createValue('picture', 'float32', [1, 3, 4, 4]),
      head: [
        createNode('Squeeze', ['features'], ['vector']),
        createNode('MatMul', ['vector', 'w'], ['m']),
        createNode('Add', ['m', 'b'], ['logits']),
      ],
      outputs: [createValue('logits', 'float32', [2])],
    },
  ],
  [
    'Gemm before a table of names',
    'Gemm',
    {
      head: [
        createNode('Gemm', ['features', 'w', 'b'], ['z']),
        createNode('ArgMax', ['z'], ['best'], { axis: 1n, keepdims: 0n }),
        createNode('Gather', ['names', 'best'], ['logits']),
      ],
      initializers: [...headTensors, createNames('names', 1, ['ant', 'bee'])],
      outputs: [createValue('logits', 'string', ['N'])],
    },
  ],
  [
    'Gemm over weights that operators make of constants',
    'Gemm',
    {
      head: [createNode('Mul', ['quarter', 'four'], ['w']), gemm],
      initializers: [
        float(
          'quarter',
          [3, 2],
          weights.map((value) => value / 4),
        ),
        float('four', [], [4]),
        b,
      ],
    },
  ],
  [
    'Gemm between QuantizeLinear and DequantizeLinear',
    'Gemm',
    {
      head: [
        createNode('QuantizeLinear', ['features', 'scale', 'zero'], ['fq']),
        createNode('DequantizeLinear', ['fq', 'scale', 'zero'], ['fd']),
        createNode('DequantizeLinear', ['steps', 'step', 'three'], ['wd']),
        createNode('Gemm', ['fd', 'wd', 'b'], ['z']),
        createNode('QuantizeLinear', ['z', 'scale', 'zero'], ['zq']),
        createNode('DequantizeLinear', ['zq', 'scale', 'zero'], ['logits']),
      ],
      initializers: [...stepTensors, b, float('scale', [], [1 / 64]), createTensor('zero', [], Uint8Array.of(100))],
    },
  ],
];

/** A kind and a model that rounds. */
const zero = createTensor('zero', [], Uint8Array.of(0));
export const quantised: [string, TinyParts][] = [
  [
    'MatMulInteger',
    {
      head: [
        createNode('DynamicQuantizeLinear', ['features'], ['fq', 'fs', 'fz']),
        createNode('MatMulInteger', ['fq', 'steps', 'fz', 'three'], ['whole']),
        createNode('Cast', ['whole'], ['z'], { to: 1n }),
        createNode('Mul', ['fs', 'step'], ['scale']),
        createNode('Mul', ['z', 'scale'], ['scaled']),
        createNode('Add', ['scaled', 'b'], ['logits']),
      ],
      initializers: [...stepTensors, b],
    },
  ],
  [
    'MatMulIntegerToFloat',
    {
      head: [
        createNode('DynamicQuantizeLinear', ['features'], ['fq', 'fs', 'fz']),
        own('MatMulIntegerToFloat', ['fq', 'steps', 'fs', 'step', 'fz', 'three', 'b'], ['logits']),
      ],
      initializers: [...stepTensors, b],
    },
  ],
  [
    'DynamicQuantizeMatMul',
    {
      head: [own('DynamicQuantizeMatMul', ['features', 'steps', 'step', 'three', 'b'], ['logits'])],
      initializers: [...stepTensors, b],
    },
  ],
  [
    'QGemm',
    {
      head: [
        createNode('QuantizeLinear', ['features', 'fs', 'zero'], ['fq']),
        createNode('Identity', ['fq'], ['same']),
        own('QGemm', ['same', 'fs', 'zero', 'steps', 'step', 'three', 'whole', 'zs', 'zz'], ['zq']),
        own('QLinearSoftmax', ['zq', 'zs', 'zz', 'fs', 'zero'], ['pq'], { axis: -1n, opset: 13n }),
        createNode('DequantizeLinear', ['pq', 'fs', 'zero'], ['logits']),
      ],
      initializers: [
        ...stepTensors,
        // In steps of 1/255 x 1/32.
        create(TensorProtoSchema, {
          name: 'whole',
          dims: [2n],
          dataType: elementTypes.int32,
          int32Data: bias.map((value) => value * 255 * 32),
        }),
        zero,
        float('fs', [], [1 / 255]),
        float('zs', [], [1 / 32]),
        createTensor('zz', [], Uint8Array.of(128)),
      ],
    },
  ],
  [
    'QLinearMatMul',
    {
      head: [
        createNode('QuantizeLinear', ['features', 'fs', 'zero'], ['fq']),
        createNode('QLinearMatMul', ['fq', 'fs', 'zero', 'steps', 'step', 'three', 'zs', 'zz'], ['zq']),
        createNode('DequantizeLinear', ['zq', 'zs', 'zz'], ['z']),
        createNode('Add', ['z', 'b'], ['logits']),
      ],
      initializers: [
        ...stepTensors,
        b,
        zero,
        float('fs', [], [1 / 255]),
        float('zs', [], [1 / 32]),
        createTensor('zz', [], Uint8Array.of(128)),
      ],
    },
  ],
  [
    'QLinearConv',
    {
      body: [
        createNode('QuantizeLinear', ['picture', 'fs', 'zero'], ['pq']),
        createNode('QLinearConv', ['pq', 'fs', 'zero', 'turned', 'step', 'signed', 'zs', 'zz'], ['mq']),
        createNode('DequantizeLinear', ['mq', 'zs', 'zz'], ['map']),
        createNode('GlobalAveragePool', ['map'], ['pooled']),
      ],
      head: [createNode('Add', ['features', 'b'], ['logits'])],
      initializers: [
        createTensor('turned', [2, 3, 1, 1], Int8Array.from(turnedWeights.map((value) => value * 32))),
        createTensor('signed', [], Int8Array.of(0)),
        stepTensors[1]!,
        b,
        zero,
        float('fs', [], [1 / 255]),
        float('zs', [], [1 / 32]),
        createTensor('zz', [], Uint8Array.of(128)),
      ],
    },
  ],
];

export const halfParts: TinyParts = {
  input: createValue('picture', 'float16', ['N', 3, 4, 4]),
  outputs: [createValue('logits', 'float16', ['N', 2])],
  initializers: [halves('w', [3, 2], weights), halves('b', [2], bias)],
};

/** Two classifiers over the same features: of two classes, and of three. */
export const twoHeads: TinyParts = {
  head: [createNode('Gemm', ['features', 'w', 'b'], ['coarse']), createNode('MatMul', ['features', 'w3'], ['fine'])],
  outputs: [createValue('coarse', 'float32', ['N', 2]), createValue('fine', 'float32', ['N', 3])],
  initializers: [...headTensors, float('w3', [3, 3], [1, 0, -1, 0, 2, 0, 0.5, 0, 1])],
};

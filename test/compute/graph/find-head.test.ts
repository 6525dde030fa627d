import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNames, createNode, createValue } from '../../../src/main/compute/graph/build.ts';
import { readModelFile } from '../../../src/main/compute/graph/model-file.ts';
import { inspectModel } from '../../../src/main/compute/inspect-model.ts';
import { proveModel } from '../../../src/main/compute/prove-model.ts';
import { understandModel } from '../../../src/main/compute/understand-model.ts';
import { sentence } from '../../../src/shared/told.ts';
import { describeWithMaterial, materialPath } from '../../material.ts';
import { saveColours } from '../colours.ts';
import { float, forms, halfParts, quantised, turnedWeights, twoHeads, whole } from '../head-forms.ts';
import { bias, headTensors, makeTinyModel, weights, writeTemporary, type TinyParts } from '../tiny-models.ts';

/** What a model was understood to be, and the numbers of its head, all shown to hold by running it. */
async function prove(parts: TinyParts) {
  const file = await readModelFile(writeTemporary('tiny.onnx', makeTinyModel(parts)));
  const proven = await proveModel(file, understandModel(file, {}));
  await proven.session.release();
  return proven;
}

const inspect = (parts: TinyParts) => inspectModel(writeTemporary('tiny.onnx', makeTinyModel(parts)));

const b = headTensors[1]!;

describe('a head is found as', () => {
  it.each(forms)('%s', async (_, kind, parts) => {
    const { head, weights: found } = await prove(parts);
    expect(head).toMatchObject({ kind, dimensions: 3, classes: 2, exact: true });
    expect(head.difference).toBeLessThan(1e-6);
    found!.weights.forEach((value, i) => expect(value).toBeCloseTo(weights[i]!, 5));
    found!.bias.forEach((value, c) => expect(value).toBeCloseTo(bias[c]!, 5));
  });

  it('a MatMul without bias', async () => {
    const { weights: found } = await prove({ head: [createNode('MatMul', ['features', 'w'], ['logits'])] });
    expect([...found!.bias]).toEqual([0, 0]);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 7))('the same in operator set %i', async (opset) => {
    const head = [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Softmax', ['z'], ['logits'])];
    expect((await prove({ head, opset })).head).toMatchObject({ kind: 'Gemm', logits: 'z', exact: true });
  });

  it('one of half precision throughout, fed with float32', async () => {
    const { head, weights: found } = await prove(halfParts);
    expect(head).toMatchObject({ kind: 'Gemm', exact: true });
    expect([...found!.weights]).toEqual(weights);
    expect(head.difference).toBeLessThan(2e-3);
  });
});

describe('a quantised head is found by running it, as', () => {
  it.each(quantised)('%s', async (kind, parts) => {
    const { head, weights: found } = await prove(parts);
    expect(head).toMatchObject({ kind, dimensions: 3, classes: 2 });
    expect(head.difference).toBeLessThan(0.03);
    found!.weights.forEach((value, i) => expect(Math.abs(value - weights[i]!)).toBeLessThan(0.05));
    found!.bias.forEach((value, c) => expect(value).toBeCloseTo(bias[c]!, 2));
    expect((await inspect(parts)).notes.join(' ')).toContain('found by running it');
  });
});

describe('of several outputs', () => {
  const value = (name: string) => createValue(name, 'float32');

  it('the one that leads to a head is taken, and the other named', async () => {
    const { head, notes } = await inspect({ outputs: [value('features'), value('logits')] });
    expect(head.logits).toBe('logits');
    expect(notes).toContain('The output "features" is passed over: another leads to the head.');
  });

  it('a classifier is taken before the embedding that it classifies', async () => {
    const { head } = await inspect({
      head: [
        createNode('Gemm', ['features', 'e', ''], ['embedding']),
        createNode('Relu', ['embedding'], ['active']),
        createNode('Gemm', ['active', 'w', 'b'], ['logits']),
      ],
      outputs: [value('embedding'), value('logits')],
      initializers: [...headTensors, float('e', [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])],
    });
    expect(head).toMatchObject({ features: 'active', logits: 'logits' });
  });

  it('that have heads the last in the graph is taken, or the one that is asked for', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel(twoHeads));
    const outputs = ['coarse', 'fine'];
    const likeliest = await inspectModel(path);
    expect(likeliest).toMatchObject({ head: { logits: 'fine', classes: 3 }, heads: { chosen: 'fine', outputs } });
    expect(likeliest.notes).toContain(sentence('about.other-head', { output: 'coarse' }));
    const asked = await inspectModel(path, {}, [], 'coarse');
    expect(asked).toMatchObject({ head: { logits: 'coarse', classes: 2 }, heads: { chosen: 'coarse', outputs } });
    await expect(inspectModel(path, {}, [], 'other')).rejects.toMatchObject({
      code: 'bad-request',
      message: 'tiny.onnx has no output "other"; it has coarse, fine.',
    });
  });

  it('of which none has a head are named in what it is refused for', async () => {
    const names = ['boxes', 'masks'];
    const refusal = inspect({
      head: names.map((name) => createNode('Reshape', ['picture', 'all'], [name])),
      initializers: [whole('all', 4, -1)],
      outputs: names.map(value),
    });
    await expect(refusal).rejects.toThrow(sentence('because.several-outputs', { outputs: 'boxes, masks' }));
  });
});

it('a classifier of one class says how probable that is', async () => {
  const head = [createNode('Gemm', ['features', 'w1', 'b1'], ['z']), createNode('Sigmoid', ['z'], ['logits'])];
  const initializers = [float('w1', [3, 1], [0, 0, 0]), float('b1', [1], [-1])];
  const [path] = await saveColours();
  const model = writeTemporary('tiny.onnx', makeTinyModel({ head, initializers }));
  const { looks } = await inspectModel(model, {}, [path!]);
  expect(looks![0]!.classIndex).toBe(0);
  expect(looks![0]!.probability).toBeCloseTo(1 / (1 + Math.E), 5);
});

describe('a classifier that names its classes', () => {
  it('gives them to the person, and a table of names and probabilities is read as probabilities', async () => {
    const zipMap = { ...createNode('ZipMap', ['p'], ['table']), domain: 'ai.onnx.ml' };
    const table = createValue('table', 'float32');
    delete table.type;
    const { head, classNames, notes } = await inspect({
      head: [
        createNode('Gemm', ['features', 'w', 'b'], ['z']),
        createNode('Softmax', ['z'], ['p']),
        zipMap,
        createNode('ArgMax', ['p'], ['best'], { axis: 1n, keepdims: 0n }),
        createNode('Gather', ['names', 'best'], ['name']),
      ],
      outputs: [table, createValue('name', 'string')],
      initializers: [...headTensors, createNames('names', 1, ['ant', 'bee'])],
    });
    expect(head).toMatchObject({ kind: 'Gemm', classes: 2, exact: true });
    expect(classNames).toEqual(['ant', 'bee']);
    expect(notes).toContain(
      'The output "table" is a table from names to probabilities; it is read, and exported, as the probabilities alone.',
    );
  });
});

describe('a head that is not linear', () => {
  it('is used without its activation, and the person is told', async () => {
    const { head, notes } = await inspect({
      body: [
        createNode('Conv', ['picture', 'wc', 'b'], ['map']),
        createNode('Relu', ['map'], ['active']),
        createNode('GlobalAveragePool', ['active'], ['pooled']),
      ],
      head: [createNode('Softmax', ['features'], ['logits'])],
      initializers: [float('wc', [2, 3, 1, 1], turnedWeights), b],
    });
    expect(head).toMatchObject({ kind: 'Conv1x1', dimensions: 3, classes: 2, exact: false });
    expect(head.difference).toBeGreaterThan(0.01);
    expect(notes.join(' ')).toContain('Its head is not linear: a Relu stands behind the classifier.');
  });
});

describe('a model without a head', () => {
  it('gives its output vector as features', async () => {
    const { head, notes } = await inspect({ head: [createNode('Tanh', ['features'], ['logits'])] });
    expect(head).toMatchObject({ kind: 'none', features: 'logits', logits: '', dimensions: 3, classes: 0 });
    expect(notes.join(' ')).toContain('The model has no head: the 3 values of its output "logits" are taken');
  });

  it('is shown pictures as they enter it, which say nothing of classes', async () => {
    const model = makeTinyModel({ head: [createNode('Tanh', ['features'], ['logits'])] });
    const [path] = await saveColours();
    const { looks } = await inspectModel(writeTemporary('tiny.onnx', model), {}, [path!]);
    expect(looks).toMatchObject([{ path, classIndex: null, probability: null, picture: { width: 4, height: 4 } }]);
  });

  it('is told of where that vector is probabilities', async () => {
    const { notes } = await inspect({
      head: [createNode('Abs', ['features'], ['z']), createNode('Softmax', ['z'], ['logits'])],
    });
    expect(notes.join(' ')).toContain('They are probabilities, of which little can be learned');
  });

  it.each<[string, TinyParts]>([
    ['weights are computed', { head: [createNode('Abs', ['features'], ['logits'])] }],
    [
      'bias is computed',
      { head: [createNode('MatMul', ['features', 'w'], ['m']), createNode('Mul', ['m', 'm'], ['logits'])] },
    ],
    [
      'embedding ends in an activation and widens',
      {
        head: [createNode('Gemm', ['features', 'wide', ''], ['z']), createNode('Relu', ['z'], ['logits'])],
        initializers: [
          float(
            'wide',
            [3, 5],
            Array.from({ length: 15 }, (_, i) => i / 10),
          ),
        ],
      },
    ],
  ])('is used so where its %s', async (_, parts) => {
    expect((await inspect(parts)).head).toMatchObject({ kind: 'none', features: 'logits' });
  });

  it.each([false, true])('gives the mean of the one small map that it ends in (channels last: %s)', async (isLast) => {
    const { head } = await inspect({
      input: createValue('picture', 'float32', ['N', 3, 32, 32]),
      body: [
        createNode('AveragePool', ['picture'], ['map'], { kernel_shape: [16n, 16n], strides: [16n, 16n] }),
        createNode('Transpose', ['map'], ['logits'], { perm: isLast ? [0n, 2n, 3n, 1n] : [0n, 1n, 2n, 3n] }),
        createNode('GlobalAveragePool', ['picture'], ['pooled']),
      ],
      head: [],
      outputs: [createValue('logits', 'float32')],
    });
    expect(head).toMatchObject({ kind: 'none', dimensions: 3 });
  });
});

describe('a model is refused where', () => {
  const refusals: [string, string, TinyParts][] = [
    [
      'its output is boxes and not a vector',
      'not one vector for each: it may be a detector or a segmentation',
      { head: [createNode('Reshape', ['picture', 'boxes'], ['logits'])], initializers: [whole('boxes', 0, 12, 4)] },
    ],
    [
      'its output is as large as the picture',
      'it may be a detector or a segmentation',
      { head: [createNode('Relu', ['picture'], ['logits'])] },
    ],
    ['the graph runs in circles', 'cannot be run', { head: [createNode('Identity', ['logits'], ['logits'])] }],
    [
      'the weights run in circles',
      'cannot be run',
      {
        head: [createNode('Identity', ['w'], ['w']), createNode('MatMul', ['features', 'w'], ['logits'])],
        initializers: [],
      },
    ],
    ['the output comes from nowhere', 'cannot be run', { head: [] }],
    ['it has no output', 'has no output', { outputs: [] }],
  ];

  it.each(refusals)('%s', async (_, found, parts) => {
    const refusal = inspect(parts);
    await expect(refusal).rejects.toMatchObject({ name: 'AppError', code: 'unsupported' });
    await expect(refusal).rejects.toThrow(found);
  });
});

describeWithMaterial('of the real models', () => {
  const understood: Record<string, [kind: string, dimensions: number, classes: number]> = {
    'mnist-12_ort.onnx': ['MatMul+Add', 256, 10],
    'mobilenet_v1_0.25_96_vww_mlperftiny.onnx': ['Gemm', 256, 2],
    'mobilenet_v1_0.5_160_coral_deq.onnx': ['Conv1x1', 512, 1001],
    'resnet20_cifar10_akamaster.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_conv1x1_gap.onnx': ['Conv1x1', 64, 10],
    'resnet20_cifar10jpg_features.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_fixedbatch1.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_gap_conv1x1.onnx': ['Conv1x1', 64, 10],
    'resnet20_cifar10jpg_matmul_add.onnx': ['MatMul+Add', 64, 10],
    'resnet20_cifar10jpg_nobias.onnx': ['MatMul', 64, 10],
    'resnet20_cifar10jpg_softmax.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_trained_on_cifar10n_worse.onnx': ['Gemm', 64, 10],
    'resnet20_cifar10jpg_uint8nhwc.onnx': ['Gemm', 64, 10],
    'resnet8_cifar10_mlperftiny.onnx': ['Gemm', 64, 10],
    'squeezenet_fp16_winml.onnx': ['Conv1x1', 512, 1000],
    'tiny_auto_horse.onnx': ['Gemm', 32, 2],
  };
  const notLinear = ['squeezenet_fp16_winml.onnx'];

  it('each is in the table', () => {
    const models = readdirSync(materialPath('models')).filter((name) => name.endsWith('.onnx'));
    expect(models.sort()).toEqual(Object.keys(understood).sort());
  });

  it.each(Object.entries(understood))('%s is understood', async (name, [kind, dimensions, classes]) => {
    const { head, notes } = await inspectModel(materialPath(`models/${name}`));
    expect(head).toMatchObject({ kind, dimensions, classes, exact: !notLinear.includes(name) });
    if (notLinear.includes(name)) expect(notes.join(' ')).toContain('Its head is not linear: a Relu stands behind');
    else expect(head.difference).toBeLessThan(1e-6);
  });
});

import { create, fromBinary } from '@bufbuild/protobuf';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportModel } from '../../src/main/compute/export-model.ts';
import { Extractor } from '../../src/main/compute/extract.ts';
import { createNode, createValue, toModelBytes } from '../../src/main/compute/graph/build.ts';
import { ModelProtoSchema, type NodeProto, type TensorProto } from '../../src/main/compute/graph/onnx_pb.js';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { openModel } from '../../src/main/compute/open-model.ts';
import type { ExportRequest } from '../../src/shared/compute-contract.ts';
import type { Preprocessing } from '../../src/shared/model.ts';
import { createRandom } from '../../src/shared/random.ts';
import { describeWithMaterial, materialPath, unpackMaterial } from '../material.ts';
import { float, forms, halfParts, quantised, turnedWeights, twoHeads, whole } from './head-forms.ts';
import { saveColours } from './colours.ts';
import { headTensors, makeFolder, makeTinyModel, writeTemporary, type TinyParts } from './tiny-models.ts';

const signal = new AbortController().signal;
const scale = 0.7;

/** A made-up fit of `classes` classes on the features of the pictures, and the logits that follow from it. */
async function makeRequest(
  path: string,
  paths: string[],
  classes: number,
  choice: Partial<Preprocessing> = {},
  output?: string,
): Promise<ExportRequest> {
  const { preprocessing, head, sha256 } = await inspectModel(path, choice, [], output);
  const extractor = new Extractor(await openModel({ path, preprocessing, output, provider: 'cpu' }));
  const { features, logits: own, failed } = await extractor.extract(paths, signal);
  await extractor.close();
  expect(failed).toEqual([]);
  expect(own).toHaveLength(paths.length * head.classes);
  const random = createRandom(5);
  const d = head.dimensions;
  const weights = Float64Array.from({ length: (d + 1) * classes }, () => random() - 0.5);
  const logits = Float64Array.from({ length: paths.length * classes }, (_, at) => {
    const [image, c] = [Math.floor(at / classes), at % classes];
    let sum = weights[d * classes + c]!;
    for (let k = 0; k < d; k++) sum += (weights[k * classes + c]! * features[image * d + k]!) / scale;
    return sum;
  });
  const target = join(makeFolder(), 'repaired.onnx');
  const metadata = { 'second_look.lambda': '0.01' };
  const classNames = Array.from({ length: classes }, (_, c) => `class ${c}`);
  const given = { path, sha256, preprocessing, output, provider: 'cpu' as const };
  return { ...given, weights, scale, classNames, metadata, target, paths, logits };
}

const read = (path: string) => fromBinary(ModelProtoSchema, readFileSync(path));

let colours: string[];
beforeAll(async () => {
  colours = await saveColours();
});

describe('the repaired model makes the logits of the fit', () => {
  const all: [string, TinyParts][] = [
    ...forms.map(([title, , parts]): [string, TinyParts] => [title, parts]),
    ...quantised,
    ['half precision throughout', halfParts],
    ['a model without a head', { head: [createNode('Tanh', ['features'], ['logits'])] }],
  ];

  it.each(all)('%s', async (_, parts) => {
    const path = writeTemporary('tiny.onnx', makeTinyModel(parts));
    const request = await makeRequest(path, colours, 4);
    const { difference, checked } = await exportModel(request, signal);
    expect(checked).toBe(colours.length);
    expect(difference).toBeLessThan(1e-5);
    const { graph, metadataProps } = read(request.target);
    const original = read(path).graph!;
    expect(graph!.input.map(({ name }) => name)).toEqual(original.input.map(({ name }) => name));
    expect(graph!.output.map(({ name }) => name).slice(0, original.output.length)).toEqual(
      original.output.map(({ name }) => name),
    );
    expect(metadataProps.map(({ key, value }) => [key, value])).toEqual([['second_look.lambda', '0.01']]);
    // Nothing of the old head is left behind.
    const used = new Set(graph!.node.flatMap(({ input }) => input));
    if (original.node.some(({ input }) => input.includes('w')))
      for (const { name } of graph!.initializer) expect(used, name).toContain(name);
  });

  it('at the output that was chosen, and leaves another head as it is', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel(twoHeads));
    const request = await makeRequest(path, colours, 5, {}, 'coarse');
    await exportModel(request, signal);
    const fed = { picture: new Tensor('float32', Float32Array.from({ length: 48 }, Math.sin), [1, 3, 4, 4]) };
    const [before, after] = await Promise.all(
      [path, request.target].map(async (each) => {
        const session = await InferenceSession.create(each);
        const { coarse, fine } = await session.run(fed);
        await session.release();
        return { coarse: coarse!.dims, fine: fine!.data };
      }),
    );
    expect([before!.coarse, after!.coarse]).toEqual([
      [1, 2],
      [1, 5],
    ]);
    expect(after!.fine).toEqual(before!.fine);
  });

  it('gives probabilities of the new classes where the old one gave probabilities of its own', async () => {
    const path = writeTemporary(
      'tiny.onnx',
      makeTinyModel({
        head: [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Sigmoid', ['z'], ['logits'])],
      }),
    );
    const request = await makeRequest(path, colours, 3);
    const { notes } = await exportModel(request, signal);
    expect(notes).toEqual(['Its Sigmoid became a Softmax: the head was fitted to classes of which one is right.']);
    const session = await InferenceSession.create(request.target);
    const { logits } = await session.run({ picture: new Tensor('float32', new Float32Array(96), [2, 3, 4, 4]) });
    await session.release();
    expect(logits!.dims).toEqual([2, 3]);
    const row = [...(logits!.data as Float32Array).subarray(0, 3)];
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  /** Of one class: a number for each picture. */
  const single = [float('w1', [3, 1], [1, -2, 1]), float('b1', [1], [0.1])];
  const toSingle = createNode('Gemm', ['features', 'w1', 'b1'], ['z']);

  it.each<[string, TinyParts, number[]]>([
    [
      'one probability, squeezed',
      {
        head: [toSingle, createNode('Sigmoid', ['z'], ['p']), createNode('Squeeze', ['p', 'last'], ['logits'])],
        initializers: [...single, whole('last', 1)],
        outputs: [createValue('logits', 'float32', ['N'])],
      },
      [2, 3],
    ],
    [
      'one logit, reshaped to a list',
      {
        head: [toSingle, createNode('Reshape', ['z', 'list'], ['logits'])],
        initializers: [...single, whole('list', -1)],
        outputs: [createValue('logits', 'float32', ['N'])],
      },
      [2, 3],
    ],
    [
      'a batch as large as its classes were many',
      {
        input: createValue('picture', 'float32', [2, 3, 4, 4]),
        head: [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Reshape', ['z', 'both'], ['logits'])],
        initializers: [...headTensors, whole('both', 2, 2)],
        outputs: [createValue('logits', 'float32', [2, 2])],
      },
      [2, 3],
    ],
    [
      'probabilities of one picture without its batch',
      {
        input: createValue('picture', 'float32', [1, 3, 4, 4]),
        head: [createNode('Gemm', ['features', 'w', 'b'], ['z']), createNode('Squeeze', ['z', 'first'], ['logits'])],
        initializers: [...headTensors, whole('first', 0)],
        outputs: [createValue('logits', 'float32', [2])],
      },
      [3],
    ],
    [
      'the best few of more classes than there are now',
      {
        head: [createNode('Gemm', ['features', 'w5'], ['z']), createNode('TopK', ['z', 'five'], ['logits', 'places'])],
        initializers: [
          float(
            'w5',
            [3, 5],
            Array.from({ length: 15 }, (_, i) => i / 10),
          ),
          whole('five', 5),
        ],
        outputs: [createValue('logits', 'float32', ['N', 5]), createValue('places', 'int64', ['N', 5])],
      },
      [2, 3],
    ],
  ])('has an output for each class where the old one had %s', async (_, parts, dims) => {
    const request = await makeRequest(writeTemporary('tiny.onnx', makeTinyModel(parts)), colours, 3);
    await exportModel(request, signal);
    const declared = read(request.target).graph!.output[0]!.type!.tensorType!.shape?.dim.at(-1)!.value.value ?? 3n;
    const session = await InferenceSession.create(request.target);
    const count = dims.length > 1 ? 2 : 1;
    const pixels = new Tensor('float32', new Float32Array(count * 48), [count, 3, 4, 4]);
    const { logits } = await session.run({ picture: pixels });
    await session.release();
    expect(logits!.dims).toEqual(dims);
    expect(declared).toBe(3n);
  });

  it.each<[string, NodeProto[], TensorProto[], number[]]>([
    ['turned', [createNode('Transpose', ['map'], ['z'], { perm: [0n, 2n, 3n, 1n] })], [], [1, 1, 1, 3]],
    ['squeezed', [createNode('Squeeze', ['map', 'two'], ['z'])], [whole('two', -1, 2)], [1, 3]],
    ['without batch', [createNode('Squeeze', ['map'], ['z'])], [], [3]],
  ])('gives probabilities over the classes where they are %s', async (_, behind, initializers, dims) => {
    const model = makeTinyModel({
      input: createValue('picture', 'float32', [1, 3, 4, 4]),
      head: [createNode('Conv', ['pooled', 'wc', 'b'], ['map']), ...behind, createNode('Sigmoid', ['z'], ['logits'])],
      initializers: [float('wc', [2, 3, 1, 1], turnedWeights), headTensors[1]!, ...initializers],
      outputs: [createValue('logits', 'float32')],
    });
    const request = await makeRequest(writeTemporary('tiny.onnx', model), colours, 3);
    await exportModel(request, signal);
    const session = await InferenceSession.create(request.target);
    const { logits } = await session.run({ picture: new Tensor('float32', new Float32Array(48), [1, 3, 4, 4]) });
    await session.release();
    expect(logits!.dims).toEqual(dims);
    const row = [...(logits!.data as Float32Array)];
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(Math.max(...row)).toBeLessThan(0.99);
  });

  it('names the new classes where the old one named its own', async () => {
    const [, , parts] = forms.find(([title]) => title === 'Gemm before a table of names')!;
    const named = create(ModelProtoSchema, { metadataProps: [{ key: 'names', value: 'ant,bee' }] });
    const bytes = Buffer.concat([makeTinyModel(parts), toModelBytes(named)]);
    const request = await makeRequest(writeTemporary('tiny.onnx', bytes), colours, 3);
    await exportModel(request, signal);
    expect(read(request.target).metadataProps[0]).toMatchObject({ key: 'names', value: 'class 0,class 1,class 2' });
    const session = await InferenceSession.create(request.target);
    const { logits } = await session.run({ picture: new Tensor('float32', new Float32Array(48), [1, 3, 4, 4]) });
    await session.release();
    const bias = [...request.weights.subarray(-3)];
    expect(logits!.data[0]).toBe(`class ${bias.indexOf(Math.max(...bias))}`);
  });

  it('takes a batch as fixed as the old one', async () => {
    const path = writeTemporary(
      'tiny.onnx',
      makeTinyModel({
        input: createValue('picture', 'float32', [4, 3, 4, 4]),
        outputs: [createValue('logits', 'float32', [4, 2])],
      }),
    );
    const request = await makeRequest(path, colours, 5);
    await exportModel(request, signal);
    const [output] = read(request.target).graph!.output;
    expect(output!.type!.tensorType!.shape!.dim.map(({ value }) => value.value)).toEqual([4n, 5n]);
  });
});

describe('a repaired model is not kept', () => {
  it('where it does not make the logits', async () => {
    const request = await makeRequest(writeTemporary('tiny.onnx', makeTinyModel()), colours, 2);
    request.logits[3]! += 0.1;
    await expect(exportModel(request, signal)).rejects.toThrow("logits differ from the fit's by");
    expect(existsSync(request.target)).toBe(false);
  });

  it('where the model is no longer the one that the features are of', async () => {
    const request = await makeRequest(writeTemporary('tiny.onnx', makeTinyModel()), colours, 2);
    await expect(exportModel({ ...request, sha256: 'other' }, signal)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('where the folder cannot be written', async () => {
    const request = await makeRequest(writeTemporary('tiny.onnx', makeTinyModel()), colours, 2);
    const refusal = exportModel({ ...request, target: '/nowhere/at/all.onnx' }, signal);
    await expect(refusal).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describeWithMaterial('every real model', () => {
  let folder: string;
  let paths: string[];
  beforeAll(() => {
    const members = Array.from({ length: 100 }, (_, i) => `cifar10/test/cat/${String(i).padStart(4, '0')}.jpg`);
    folder = unpackMaterial('cifar10.tar', ['cifar10/test/cat', 'cifar10/test/dog']);
    paths = ['cat', 'dog'].flatMap((name) => {
      const inside = join(folder, 'cifar10/test', name);
      return readdirSync(inside)
        .sort()
        .slice(0, members.length / 2)
        .map((file) => join(inside, file));
    });
  });
  afterAll(() => expect(paths).toHaveLength(100));

  it.each(readdirSync(materialPath('models')).filter((name) => name.endsWith('.onnx')))(
    '%s makes the logits of the fit on 100 pictures',
    async (name) => {
      const request = await makeRequest(materialPath(`models/${name}`), paths, 7);
      const { difference, checked } = await exportModel(request, signal);
      expect(checked).toBe(100);
      expect(difference).toBeLessThanOrEqual(1e-4);
    },
  );
});

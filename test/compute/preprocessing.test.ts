import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { createNode, createTensor, createValue } from '../../src/main/compute/graph/build.ts';
import type { ModelFile } from '../../src/main/compute/graph/model-file.ts';
import { ModelProtoSchema } from '../../src/main/compute/graph/onnx_pb.js';
import { createTensorWriter } from '../../src/main/compute/tensor-writer.ts';
import { understandModel } from '../../src/main/compute/understand-model.ts';
import type { ModelInput, Preprocessing } from '../../src/shared/model.ts';
import { headTensors, makeTinyModel, type TinyParts } from './tiny-models.ts';

function understand(parts: TinyParts, choice: Partial<Preprocessing> = {}) {
  const bytes = makeTinyModel(parts);
  const model = fromBinary(ModelProtoSchema, bytes);
  const file: ModelFile = {
    path: '/tiny.onnx',
    name: 'tiny.onnx',
    bytes,
    sha256: '',
    model,
    graph: model.graph!,
    plainOutputs: [],
    externalPaths: new Map(),
  };
  return understandModel(file, choice);
}

const picture = (element: 'float32' | 'uint8' | 'int32', dims: (number | string)[]) => ({
  input: createValue('picture', element, dims),
});
const scalar = (name: string, value: number) => createTensor(name, [], Float32Array.of(value));

describe('the input of a model', () => {
  const inputs: [string, TinyParts, Partial<ModelInput>, Partial<Preprocessing>?][] = [
    [
      'channels first',
      picture('float32', ['N', 3, 24, 32]),
      { layout: 'nchw', channels: 3, height: 24, width: 32, batch: null },
    ],
    [
      'channels last, as bytes',
      picture('uint8', [2, 24, 32, 3]),
      { layout: 'nhwc', element: 'uint8', height: 24, width: 32, batch: 2 },
    ],
    ['one channel', picture('float32', [1, 1, 28, 28]), { layout: 'nchw', channels: 1, batch: 1 }],
    ['a free size', picture('float32', ['N', 3, 'H', 'W']), { height: null, width: null }, { width: 8, height: 8 }],
    [
      'free channels, which the first convolution knows',
      {
        ...picture('float32', ['N', 'C', 4, 4]),
        body: [createNode('Conv', ['picture', 'k'], ['c']), createNode('GlobalAveragePool', ['c'], ['pooled'])],
        initializers: [...headTensors, createTensor('k', [3, 3, 1, 1], new Float32Array(9))],
      },
      { layout: 'nchw', channels: 3 },
    ],
  ];

  it.each(inputs)('%s', (_, parts, expected, choice = {}) => {
    expect(understand(parts, choice).input).toMatchObject({ name: 'picture', ...expected });
  });

  const refusals: [string, TinyParts, string][] = [
    ['whole numbers', picture('int32', ['N', 3, 4, 4]), 'takes int32 pictures'],
    ['flat', picture('float32', ['N', 48]), 'takes "picture" of ? x 48'],
    ['four channels', picture('float32', ['N', 4, 8, 8]), 'of ? x 4 x 8 x 8'],
    ['without shape', { input: createValue('picture', 'float32') }, 'of unknown shape'],
  ];

  it.each(refusals)('is refused where it is %s', (_, parts, sentence) => {
    expect(() => understand(parts)).toThrow(sentence);
  });
});

describe('preprocessing', () => {
  it('is guessed plainly, and said to be guessed', () => {
    const { preprocessing, notes } = understand({});
    expect(preprocessing).toEqual({
      width: 4,
      height: 4,
      shortestSide: null,
      channels: 'rgb',
      range: '0-1',
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('does not say how pixels are scaled');
  });

  it('of a model that leaves the size open assumes one, and says so until it is given', () => {
    const open = picture('float32', ['N', 3, 'H', 'W']);
    const { preprocessing, notes } = understand(open);
    expect(preprocessing).toMatchObject({ width: 224, height: 224 });
    expect(notes[0]).toContain('leaves the size of its pictures open');
    expect(understand(open, { width: 32, height: 32 })).toMatchObject({
      preprocessing: { width: 32, height: 32 },
      notes: notes.slice(1),
    });
  });

  it('takes what the person chooses, and then guesses no more', () => {
    const choice: Partial<Preprocessing> = { range: '-1-1', channels: 'bgr', mean: [0.5], std: [0.5, 0.25, 1] };
    const { preprocessing, notes } = understand({}, choice);
    expect(preprocessing).toMatchObject({ range: '-1-1', channels: 'bgr', mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 1] });
    expect(notes).toEqual([]);
  });

  it('takes means and deviations of bytes for what they are, unless a range is given', () => {
    const choice = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
    expect(understand({}, choice).preprocessing).toMatchObject({ range: '0-255', ...choice });
    expect(understand({}, { ...choice, range: '0-1' }).preprocessing.range).toBe('0-1');
    expect(understand({}, { mean: [0.485], std: [0.229] }).preprocessing.range).toBe('0-1');
  });

  it.each([
    ['divides by 255', 'Div', 255, '0-255'],
    ['multiplies by 1/255', 'Mul', 1 / 255, '0-255'],
    ['subtracts a mean of bytes', 'Sub', 123.7, '0-255'],
    ['subtracts a mean of 0 to 1', 'Sub', 0.45, '0-1'],
  ])('leaves the scaling to a graph that %s', (_, operator, value, range) => {
    const { preprocessing, notes } = understand({
      body: [
        createNode('Cast', ['picture'], ['cast'], { to: 1n }),
        createNode(operator, ['cast', 'scale'], ['scaled']),
        createNode('GlobalAveragePool', ['scaled'], ['pooled']),
      ],
      initializers: [...headTensors, scalar('scale', value)],
    });
    expect(preprocessing).toMatchObject({ range, mean: [0, 0, 0], std: [1, 1, 1] });
    expect(notes[0]).toContain('itself scales its pixels');
  });

  it.each([
    ['BGR where blue comes first', [103.939, 116.779, 123.68], undefined, 'bgr'],
    ['RGB where the graph turns it around before', [103.939, 116.779, 123.68], [2, 1, 0], 'rgb'],
    ['RGB where red comes first', [123.68, 116.779, 103.939], undefined, 'rgb'],
  ])("knows by the usual photographs' means that the model takes %s", (_, means, places, channels) => {
    const turn = places ? [createNode('Gather', ['picture', 'places'], ['turned'], { axis: 1n })] : [];
    const { preprocessing, notes } = understand({
      body: [
        ...turn,
        createNode('Sub', [places ? 'turned' : 'picture', 'means'], ['scaled']),
        createNode('GlobalAveragePool', ['scaled'], ['pooled']),
      ],
      initializers: [
        ...headTensors,
        createTensor('means', [3, 1, 1], Float32Array.from(means)),
        createTensor('places', [places?.length ?? 0], BigInt64Array.from(places ?? [], BigInt)),
      ],
    });
    expect(preprocessing).toMatchObject({ range: '0-255', channels });
    expect(notes).toContain(`The order of the means in the model says that it takes ${channels.toUpperCase()}.`);
  });

  it('of bytes behind a normalisation is 0 to 255, and the channels are those of the first convolution', () => {
    const perChannel = (name: string, value: number) => createTensor(name, [3], new Float32Array(3).fill(value));
    const { input, preprocessing } = understand({
      ...picture('float32', ['N', 'C', 4, 4]),
      body: [
        createNode('BatchNormalization', ['picture', 'one', 'none', 'means', 'variances'], ['normal']),
        createNode('Conv', ['normal', 'k'], ['map']),
        createNode('GlobalAveragePool', ['map'], ['pooled']),
      ],
      initializers: [
        ...headTensors,
        perChannel('one', 1),
        perChannel('none', 0),
        perChannel('means', 120),
        perChannel('variances', 3600),
        createTensor('k', [3, 3, 1, 1], new Float32Array(9)),
      ],
    });
    expect(input).toMatchObject({ layout: 'nchw', channels: 3 });
    expect(preprocessing.range).toBe('0-255');
  });

  it('of bytes is fixed', () => {
    const bytes: TinyParts = {
      ...picture('uint8', ['N', 3, 4, 4]),
      body: [
        createNode('Cast', ['picture'], ['cast'], { to: 1n }),
        createNode('GlobalAveragePool', ['cast'], ['pooled']),
      ],
    };
    expect(understand(bytes).preprocessing).toMatchObject({ range: '0-255', mean: [0, 0, 0], std: [1, 1, 1] });
    expect(() => understand(bytes, { mean: [0.5] })).toThrow('takes whole bytes');
  });

  it.each([
    ['another size than the model takes', {}, { width: 8, height: 8 }, 'takes pictures of 4 x 4, not 8 x 8'],
    ['gray for three channels', {}, { channels: 'gray' as const }, 'takes 3 channels; gray has 1'],
    ['two means for three channels', {}, { mean: [0, 0] }, 'mean has 2 values'],
  ])('refuses %s', (_, parts, choice, sentence) => {
    expect(() => understand(parts, choice)).toThrow(sentence);
  });
});

describe('a tensor', () => {
  const input: ModelInput = {
    name: 'x',
    layout: 'nchw',
    element: 'float32',
    channels: 3,
    height: 1,
    width: 2,
    batch: null,
  };
  const plain: Preprocessing = {
    width: 2,
    height: 1,
    shortestSide: null,
    channels: 'rgb',
    range: '0-255',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  /** Two pixels, RGB each. */
  const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60);

  function write(model: Partial<ModelInput>, preprocessing: Partial<Preprocessing>): number[] {
    const writer = createTensorWriter({ ...input, ...model }, { ...plain, ...preprocessing });
    const tensor = writer.createTensor(2);
    writer.write(pixels, tensor, 1);
    expect([...tensor.subarray(0, tensor.length / 2)].every((value) => value === 0)).toBe(true);
    return [...tensor.subarray(tensor.length / 2)];
  }

  it.each<[string, Partial<ModelInput>, Partial<Preprocessing>, number[]]>([
    ['channels first', {}, {}, [10, 40, 20, 50, 30, 60]],
    ['channels last', { layout: 'nhwc' }, {}, [10, 20, 30, 40, 50, 60]],
    ['BGR, each channel with its own mean', {}, { channels: 'bgr', mean: [30, 20, 10] }, [0, 30, 0, 30, 0, 30]],
    ['bytes', { element: 'uint8', layout: 'nhwc' }, {}, [10, 20, 30, 40, 50, 60]],
    // (10 * 19595 + 20 * 38470 + 30 * 7471 + 32768) >> 16 = 18, and 30 more for the second pixel.
    ['gray', { channels: 1 }, { channels: 'gray', mean: [0], std: [2] }, [9, 24]],
  ])('has %s', (_, model, preprocessing, expected) => {
    expect(write(model, preprocessing)).toEqual(expected);
  });

  it('is scaled to the range, then by mean and std', () => {
    const scaled = { mean: [0.5, 0, 0], std: [0.25, 1, 1] };
    expect(write({}, { range: '0-1', ...scaled })[0]).toBeCloseTo((10 / 255 - 0.5) / 0.25, 6);
    expect(write({}, { range: '-1-1', ...scaled })[0]).toBeCloseTo((10 / 127.5 - 1 - 0.5) / 0.25, 6);
  });
});

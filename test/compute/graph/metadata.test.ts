import { describe, expect, it } from 'vitest';
import { create } from '@bufbuild/protobuf';
import { readClassNames, readPreprocessing, renameClasses } from '../../../src/main/compute/graph/metadata.ts';
import { ModelProtoSchema } from '../../../src/main/compute/graph/onnx_pb.js';
import type { ModelInput } from '../../../src/shared/model.ts';

const input: ModelInput = {
  name: 'x',
  layout: 'nchw',
  element: 'float32',
  channels: 3,
  height: null,
  width: null,
  batch: null,
};
const withEntries = (entries: Record<string, string>) =>
  create(ModelProtoSchema, { metadataProps: Object.entries(entries).map(([key, value]) => ({ key, value })) });

describe('a file says in its metadata', () => {
  const own = {
    width: 8,
    height: 9,
    shortestSide: null,
    channels: 'bgr',
    range: '-1-1',
    mean: [1, 2, 3],
    std: [4, 5, 6],
  };
  it.each<[string, Record<string, string>, object]>([
    ['nothing', { author: 'someone' }, {}],
    [
      'as the ONNX standard has it',
      { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' },
      { channels: 'bgr', range: '0-255' },
    ],
    [
      'means and size',
      { mean: '0.5, 0.25,0', std: '[1,2,3]', imgsz: '[64, 32]' },
      { mean: [0.5, 0.25, 0], std: [1, 2, 3], height: 64, width: 32 },
    ],
    ['what we wrote ourselves', { 'second_look.preprocessing': JSON.stringify(own) }, own],
    [
      'what does not fit, which is passed over',
      {
        mean: '0.5',
        std: '1,0,1',
        imgsz: '-3',
        'Image.BitmapPixelFormat': 'Gray8',
        'second_look.preprocessing': '{"range": "huge", "__proto__": 1}',
      },
      {},
    ],
  ])('%s', (_, entries, expected) => {
    expect(readPreprocessing(withEntries(entries), input)).toEqual(expected);
  });

  it('nothing of scaling where the input is bytes, and no size but the one that it has', () => {
    const entries = { mean: '0.5,0.5,0.5', 'Image.NominalPixelRange': 'Normalized_0_1', imgsz: '[32, 32]' };
    expect(readPreprocessing(withEntries(entries), { ...input, element: 'uint8', width: 32, height: 30 })).toEqual({
      width: 32,
    });
  });

  it.each([
    ['second_look.classes', '["cat","it\'s, a dog"]'],
    ['names', `{0: 'cat', 1: "it's, a dog"}`],
    ['names', `{0: 'cat', 1: 'it\\'s, a dog'}`],
    ['id2label', `{"1": "it's, a dog", "0": "cat"}`],
    ['classes', "cat\nit's, a dog"],
  ])('the names of its classes: %s %s', (key, value) => {
    expect(readClassNames(withEntries({ [key]: value }), 2)).toEqual(['cat', "it's, a dog"]);
    expect(readClassNames(withEntries({ [key]: value }), 3)).toBe(null);
  });
});

it.each([
  ['["ant", "bee"]', '["fly","moth","wasp"]'],
  ['{"0": "ant", "1": "bee"}', '{"0":"fly","1":"moth","2":"wasp"}'],
  ["{0: 'ant', 1: 'bee'}", '{0: "fly", 1: "moth", 2: "wasp"}'],
  ['ant\nbee', 'fly\nmoth\nwasp'],
  ['ant, bee', 'fly,moth,wasp'],
  ['of another head', 'of another head'],
])('the names of its classes are replaced as they were written: %s', (before, after) => {
  const model = withEntries({ names: before, author: 'ant, bee' });
  renameClasses(model.metadataProps, 2, ['fly', 'moth', 'wasp']);
  expect(model.metadataProps.map(({ value }) => value)).toEqual([after, 'ant, bee']);
  if (before !== after) expect(readClassNames(model, 3)).toEqual(['fly', 'moth', 'wasp']);
});

// Every call of the contract over both carriers: the same answers and the same errors, whatever carries them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreContract, type CoreCalls } from '../../src/shared/core-contract.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { carriers } from '../shared/carriers.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

type Call = keyof CoreCalls & string;
type Question = { [K in Call]: [call: K, params: CoreCalls[K]['params']] }[Call];

/** Asked in this order on a fitted project; `grant` is the grant of its folder. */
const questions = (grant: string): Question[] => [
  ['app.describe', {}],
  ['app.providers', {}],
  ['app.setReviewer', { name: 'kim' }],
  ['app.setPreferences', { language: 'zh-CN', areSingleKeysOn: false, doesAdvance: true, keys: { keep: ['p'] } }],
  ['grants.list', {}],
  ['folders.list', { grant, path: 'images' }],
  ['projects.recent', {}],
  ['projects.overview', {}],
  ['imports.preview', { images: { grant, path: 'images' }, labels: { format: 'folders' } }],
  ['classes.list', {}],
  ['models.inspect', { file: { grant, path: 'tiny.onnx' } }],
  ['jobs.list', {}],
  ['jobs.result', { id: 3 }],
  ['jobs.cancel', { id: 3 }],
  ['jobs.resume', { id: 3 }],
  ['queue.page', { query: { states: ['open'], givenClassId: 1 }, from: 0, count: 5 }],
  ['queue.counts', { query: { states: ['open'] } }],
  ['images.card', { imageId: 3 }],
  ['images.find', { path: 'train/dusk/0004.png' }],
  ['images.evidence', { imageIds: [3], classId: 1, againstClassId: 2, count: 2 }],
  ['images.evidence', { imageIds: [3, 4], classId: 1, count: 2, order: 'cosine' }],
  ['images.similar', { imageId: 3, count: 4 }],
  ['images.setNote', { imageId: 3, text: ' dark ' }],
  [
    'reviews.decide',
    { decisions: [{ imageId: 3, action: 'exclude' }], spentMs: 800, seen: { method: 'importance', rank: 1 } },
  ],
  ['images.history', { imageId: 3 }],
  ['reviews.undo', {}],
  ['reviews.redo', {}],
  ['reviews.decideFromFile', { file: { grant, path: 'tiny.onnx' } }],
  ['reviews.progress', {}],
  ['queue.learned', {}],
  ['confusion.read', {}],
  ['confusion.images', { classId: 1, predictedClassId: 1, count: 3 }],
  ['confusion.evidence', { classId: 1, predictedClassId: 1, count: 3 }],
  ['testLabels.list', { count: 3 }],
  ['testLabels.decide', { imageId: 42, action: 'keep' }],
  ['testLabels.decideFromFile', { file: { grant, path: 'tiny.onnx' } }],
  ['experiments.write', { id: 3, folder: { grant, path: '' }, name: 'plot.png' }],
  ['models.classes', {}],
  ['models.setClasses', { places: [1, 0] }],
  ['runs.list', {}],
  ['runs.preview', {}],
  ['runs.recovery', {}],
  ['runs.measure', { runId: 1 }],
  ['runs.compare', { beforeId: 1, afterId: 1 }],
  ['runs.causes', { beforeId: 1, afterId: 1, imageId: 1 }],
  ['models.set', { file: { grant, path: 'tiny.onnx' } }],
  ['projects.create', { folder: { grant, path: 'images' }, name: 'colours' }],
  ['jobs.start', { kind: 'export', params: { format: 'csv', folder: { grant, path: '' }, name: 'a.csv' } }],
  ['projects.open', { file: { grant, path: 'colours.secondlook' } }],
  ['projects.close', {}],
  ['projects.overview', {}],
];

/** What no test asks twice: it makes a whole sample. */
const askedElsewhere: Call[] = ['projects.createSample'];

/** Ids, times, places and the batch found by trial differ from run to run; what is compared is the rest. */
function settle(value: unknown, folder: string): unknown {
  const json = JSON.stringify(value, (key, part: unknown) =>
    /^(id|order|grant|createdAt|endedAt|openedAt|at|seconds|perSecond|secondsLeft|note|batch)$/.test(key) && key !== ''
      ? typeof part
      : part,
  );
  return JSON.parse(json.replaceAll(JSON.stringify(folder).slice(1, -1), 'FOLDER')) as unknown;
}

const answers: unknown[][] = [];
const started: RealCore[] = [];

describe.each(carriers)('the contract over %s', (_, makePorts) => {
  let real: RealCore;
  beforeAll(async () => {
    real = startRealCore(makePorts);
    started.push(real);
    await makeFittedProject(real);
  });
  afterAll(async () => {
    await real.close();
    removeFolder(real.folder);
  });

  it('answers every call, and knows them all', async () => {
    const { grant } = await real.place(real.folder);
    const asked = questions(grant);
    expect(new Set([...asked.map(([call]) => call), ...askedElsewhere])).toEqual(new Set(Object.keys(coreContract)));
    const heard: unknown[] = [];
    for (const [call, params] of asked) {
      const answer: unknown = await real.client.call(call, params as never).catch((error: unknown) => error);
      const plain = isAppError(answer) ? { error: answer.toWire() } : answer;
      heard.push([call, settle(plain, real.folder)]);
    }
    expect(JSON.stringify(heard)).not.toContain('"internal"');
    expect(real.logged.filter((line) => line.startsWith('bug'))).toEqual([]);
    answers.push(heard);
  });

  it('refuses parameters that do not fit, naming the field', async () => {
    await expect(real.client.call('queue.page', { query: {}, from: -1, count: 5 })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('from'),
    });
    await expect(real.client.call('images.card', { imageId: 1, extra: true } as never)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

describe('the two carriers', () => {
  it('gave the same answers', () => {
    expect(answers).toHaveLength(carriers.length);
    expect(answers[1]).toEqual(answers[0]);
  });
});

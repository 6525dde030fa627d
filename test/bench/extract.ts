// Extraction against what the machine allows: decoding alone and inference alone, measured beside it in the same run.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeInto } from '../../src/main/compute/decode-pool.ts';
import { openModel, type OpenModel } from '../../src/main/compute/open-model.ts';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { Preprocessing } from '../../src/shared/model.ts';
import { materialPath, materialAbsence, unpackMaterial } from '../material-files.ts';
import { measurePage } from './extract-page.ts';
import { withProject, type Extraction } from './extract-project.ts';
import { medianOf, timeOf, type Bench, type Row } from './row.ts';

interface Case {
  name: string;
  model: string;
  choice: Partial<Preprocessing>;
  images: 'cifar10' | 'hymenoptera';
  count: number;
  measure(name: string, extraction: Extraction): Promise<Row[]>;
}

const mobileNet = { model: 'mobilenet_v1_0.5_160_coral_deq.onnx', choice: { range: '-1-1' } } as const;
const resnet20 = {
  model: 'resnet20_cifar10jpg.onnx',
  choice: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
};
const resnet8 = { model: 'resnet8_cifar10_mlperftiny.onnx', choice: { range: '0-255' } } as const;
const of = (images: Case['images'], count: number) => ({ images, count });

/** Enough images for some seconds each, the same ones more than once if need be, so that the start of a process is a small part. */
const cases: Case[] = [
  { name: 'MobileNet 0.5 160 px, CIFAR-10', ...mobileNet, ...of('cifar10', 6144), measure: measureSpeed },
  { name: 'MobileNet 0.5 160 px, photographs', ...mobileNet, ...of('hymenoptera', 398), measure: measureSpeed },
  { name: 'resnet20, CIFAR-10', ...resnet20, ...of('cifar10', 10_000), measure: measureSpeed },
  { name: 'resnet8, CIFAR-10', ...resnet8, ...of('cifar10', 40_000), measure: measureSpeed },
  { name: 'page, MobileNet 0.5 160 px, CIFAR-10', ...mobileNet, ...of('cifar10', 4096), measure: measurePage },
  { name: 'page, resnet8, CIFAR-10', ...resnet8, ...of('cifar10', 10_000), measure: measurePage },
];

const rounds = 5;

export const extractBench: Bench = {
  async run(say, only) {
    const chosen = cases.filter(({ name }) => name.includes(only));
    if (materialAbsence)
      return chosen.map(({ name }) => ({ case: name, ours: null, unit: 'images/s', skipped: materialAbsence! }));
    const folders = {
      cifar10: unpackMaterial('cifar10.tar', ['cifar10/test']),
      hymenoptera: unpackMaterial('hymenoptera.tar', []),
    };
    const rows: Row[] = [];
    for (const { name, model, choice, images, count, measure } of chosen) {
      say(name);
      const listed = listImages(folders[images]);
      const pictures = Array.from({ length: count }, (_, at) => listed[at % listed.length]!);
      rows.push(...(await measure(name, { model: materialPath(`models/${model}`), choice, pictures })));
    }
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
    return rows;
  },
};

async function measureSpeed(name: string, extraction: Extraction): Promise<Row[]> {
  const { model: path, choice, pictures } = extraction;
  const { preprocessing } = await inspectModel(path, choice);
  const opened = await openModel({ path, preprocessing, provider: 'auto' });
  const isOnCpu = opened.provider === 'cpu';
  const turns: { decode: number; inference: number; ours: number; allowed: number; ratio: number }[] = [];
  const gaps: Gap[] = [];
  // In turns, each with a ratio of its own, and half of what is compared to on either side of the extraction: a machine that
  // grows slower or faster meanwhile does so for both.
  const middleOfAll = Math.ceil(pictures.length / 2);
  for (let round = 0; round < rounds; round++) {
    const before = await timeAlone(opened, pictures.slice(0, middleOfAll));
    const { result, longest } = await extractAll(extraction);
    const after = await timeAlone(opened, pictures.slice(middleOfAll));
    const decode = pictures.length / (before.decode + after.decode);
    const inference = pictures.length / (before.inference + after.inference);
    const ours = result.imagesPerSecond;
    const allowed = isOnCpu ? 1 / (1 / decode + 1 / inference) : Math.min(decode, inference);
    turns.push({ decode, inference, ours, allowed, ratio: ours / allowed });
    gaps.push(longest);
  }
  await opened.session.release();
  const middle = (of: (turn: (typeof turns)[number]) => number) => medianOf(turns.map(of));
  const ratios = turns.map(({ ratio }) => ratio);
  return [
    {
      case: name,
      ours: middle(({ ours }) => ours),
      unit: 'images/s',
      other: middle(({ allowed }) => allowed),
      otherName: isOnCpu ? 'decoding and inference, one after the other' : 'the slower of decoding and inference',
      ratio: medianOf(ratios),
      limit: [
        `at least 0.9; ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} in ${rounds} turns`,
        `decoding alone ${middle(({ decode }) => decode).toFixed(0)}, inference alone ${middle(({ inference }) => inference).toFixed(0)} images/s`,
        opened.provider,
      ].join('; '),
    },
    {
      case: `${name}: longest gap of core`,
      ours: Math.max(...gaps.map(({ ms }) => ms)),
      unit: 'ms',
      limit: `50 ms; at most ${Math.max(...gaps.map(({ ownMs }) => ownMs)).toFixed(1)} ms of one gap were core's own work`,
    },
  ];
}

const listImages = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.jpg'))
    .sort()
    .map((path) => join(folder, path));

interface Gap {
  /** Between two turns of the event loop. */
  ms: number;
  /** Processor time of this thread within one; the rest it waited for a processor, which others had. */
  ownMs: number;
}

/** How often the event loop is asked for a turn: seldom enough to cost the extraction nothing. */
const stepMs = 5;

/** Returns what tells the longest gap since. */
function watchEventLoop(): () => Gap {
  const readOwn = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const longest: Gap = { ms: 0, ownMs: 0 };
  let last = { at: performance.now(), own: readOwn() };
  const timer = setInterval(() => {
    const now = { at: performance.now(), own: readOwn() };
    longest.ms = Math.max(longest.ms, now.at - last.at);
    longest.ownMs = Math.max(longest.ownMs, now.own - last.own);
    last = now;
  }, stepMs);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

async function extractAll(extraction: Extraction) {
  return withProject(extraction, async (session) => {
    const stop = watchEventLoop();
    const result = await session.run<ExtractResult>({ kind: 'extract', params: {} });
    const longest = stop();
    const { length } = extraction.pictures;
    if (result.done !== length) throw new Error(`${result.done} of ${length} images were extracted.`);
    return { result, longest };
  });
}

/** Seconds that each of the two takes with nothing beside it. */
const timeAlone = async (opened: OpenModel, pictures: string[]) => ({
  decode: await timeOf(() => decodeAll(opened, pictures)),
  inference: await timeOf(() => inferAll(opened, pictures.length)),
});

/** Everything of extraction before the model: reading, decoding, resizing, writing as numbers. */
async function decodeAll({ input, preprocessing, writer, batch }: OpenModel, paths: string[]): Promise<void> {
  const waiting = Array.from({ length: Math.ceil(paths.length / batch) }, (_, i) => i * batch).values();
  const lane = async () => {
    const memory = new SharedArrayBuffer(batch * writer.tensorBytes);
    for (const first of waiting) await decodeInto(memory, paths.slice(first, first + batch), { input, preprocessing });
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

/** As an extraction does, the last run takes what is left, or the whole batch of a model that takes no less. */
async function inferAll({ session, writer, batch, isBatchFixed }: OpenModel, count: number): Promise<void> {
  const pixels = writer.createTensor(batch);
  for (let done = 0; done < count; done += batch) {
    const size = isBatchFixed ? batch : Math.min(batch, count - done);
    await session.run(pixels.subarray(0, (size * pixels.length) / batch), size);
  }
}

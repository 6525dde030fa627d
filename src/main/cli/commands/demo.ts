// The whole main job on a sample: draw, import, extract, fit, review in the order of the queue, retrain; beside it the same
// review in random order. The reviewer is simulated and knows the planted truth; everything else is what a person gets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RetrainResult } from '../../core/fits.ts';
import { readLabelFile } from '../../core/imports.ts';
import { createRandom, shuffle } from '../../../shared/random.ts';
import type { QueueRow } from '../../../shared/queue.ts';
import type { Answer } from '../program.ts';
import { readQueue } from '../queue.ts';
import type { Session } from '../session.ts';
import { percent, toTable } from '../table.ts';

/** Shares of the train images after which the simulated reviewer pauses to retrain. */
const checkedShares = [0.05, 0.1, 0.2, 0.4];

interface Step {
  checked: number;
  found: number;
  accuracy: number;
}

export async function demo(session: Session): Promise<Answer> {
  const { displayPath: project } = await session.call('projects.createSample', {});
  await followAll(session);
  const folder = dirname(project);
  const truth = await readLabelFile(join(folder, 'truth.csv'), join(folder, 'images'));
  const queue = await readQueue(session);
  const classIds = new Map((await session.call('classes.list', {})).map(({ id, name }) => [name, id]));
  const isWrong = ({ path, givenClassId }: QueueRow) => classIds.get(truth.get(path)!) !== givenClassId;
  const planted = queue.filter(isWrong).length;

  const [start] = await session.call('runs.list', {});
  const byQueue = await review(session, queue, truth, classIds);

  const scratch = await mkdtemp(join(tmpdir(), 'second-look-demo-'));
  let byChance: Step[];
  try {
    await openCopy(session, join(scratch, 'random'), folder);
    byChance = await review(session, shuffle([...(await readQueue(session))], createRandom(1)), truth, classIds);
  } finally {
    await session.call('projects.close', {});
    await rm(scratch, { recursive: true, force: true });
  }

  const json = { project, trainImages: queue.length, planted, before: start!.accuracy, byQueue, byChance };
  return {
    json,
    lines: [
      `${queue.length} train images, ${planted} planted label errors; test accuracy ${percent(start!.accuracy.value)} before the first decision`,
      ...toTable(
        ['checked', 'errors found', 'test accuracy', 'errors found (random)', 'test accuracy (random)'],
        byQueue.map((step, index) => [
          percent(step.checked / queue.length),
          percent(step.found / planted),
          percent(step.accuracy),
          percent(byChance[index]!.found / planted),
          percent(byChance[index]!.accuracy),
        ]),
      ),
      `The project is ${project}; "npm start" lists it first.`,
    ],
  };
}

/** Decides the images in order by the truth; after each share, retrains and notes the accuracy. */
async function review(
  session: Session,
  images: readonly QueueRow[],
  truth: Map<string, string>,
  classIds: Map<string, number>,
): Promise<Step[]> {
  const steps: Step[] = [];
  let found = 0;
  let checked = 0;
  for (const share of checkedShares) {
    const slice = images.slice(checked, Math.round(images.length * share));
    const decisions = slice.map(({ imageId, path }) => ({
      imageId,
      action: 'relabel' as const,
      classId: classIds.get(truth.get(path)!)!,
    }));
    found += slice.filter(({ givenClassId }, index) => decisions[index]!.classId !== givenClassId).length;
    checked += slice.length;
    await session.call('reviews.decide', { decisions });
    const { after } = await session.run<RetrainResult>({ kind: 'retrain', params: {} });
    steps.push({ checked, found, accuracy: after.accuracy.value });
  }
  return steps;
}

/** The sample a second time, in a project of its own, so that the two reviews do not mix. */
async function openCopy(session: Session, project: string, folder: string): Promise<void> {
  await session.openOrCreate(project);
  const images = await session.place(join(folder, 'images'));
  const labels = { format: 'csv', file: await session.place(join(folder, 'labels.csv')) } as const;
  await session.run({ kind: 'import', params: { images, labels } });
  await session.call('models.set', { file: await session.place(join(folder, 'model.onnx')) });
  await session.run({ kind: 'extract', params: {} });
  await session.run({ kind: 'fit', params: {} });
}

async function followAll(session: Session): Promise<void> {
  for (const { id } of (await session.call('jobs.list', {})).toReversed()) await session.follow(id);
}

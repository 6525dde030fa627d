import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ExperimentResult } from '../../src/shared/experiment.ts';
import {
  drawTwoColours,
  makeFittedProject,
  removeFolder,
  startRealCore,
  writeTinyModel,
  type RealCore,
} from './real-core.ts';

describe('an experiment', () => {
  let real: RealCore;
  let wrong: string[];
  beforeAll(async () => {
    real = startRealCore();
    wrong = await makeFittedProject(real);
  });
  afterAll(async () => {
    await real.close();
    removeFolder(real.folder);
  });

  it('compares rankings on the images of the project, writes a table, and changes nothing', async () => {
    const params = {
      flip: 0.3,
      lambda: 0.01,
      seeds: 2,
      checked: [0.25, 0.5, 1],
      folder: await real.place(real.folder),
    };
    const { id, state } = await real.run({ kind: 'experiment', params });
    expect(state).toBe('done');
    const result = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    expect(result.methods.map(({ method }) => method)).toEqual(['suspicion', 'importance', 'self-influence', 'random']);
    for (const { shares } of result.methods) expect(shares.at(-1)!.found).toEqual({ mean: 1, sd: 0 });
    const [suspicion] = result.methods;
    expect(suspicion!.averagePrecision.mean).toBeGreaterThan(result.methods[3]!.averagePrecision.mean);
    const table = readFileSync(join(real.folder, 'experiment.csv'), 'utf8').trim().split('\n');
    expect(table).toHaveLength(1 + 4 * 3);
    expect(await sharp(join(real.folder, 'experiment.png')).metadata()).toMatchObject({ format: 'png', width: 1600 });
    expect(result).toMatchObject({ noise: 'symmetric', wrong: 0.3 });
    expect(result.clean!.mean).toBeGreaterThanOrEqual(result.before!.mean);

    const folder = await real.place(real.folder);
    const again = await real.client.call('experiments.write', { id, folder, name: 'again' });
    expect(again.written.map((path) => readFileSync(path).length)).toEqual(
      ['csv', 'png'].map((ending) => readFileSync(join(real.folder, `experiment.${ending}`)).length),
    );
    await expect(real.client.call('experiments.write', { id: 1, folder, name: 'none' })).rejects.toThrow(
      'is no experiment',
    );
    const { progress } = await real.client.call('reviews.undo', {});
    expect(progress.decided).toBe(0);

    // Before anything is computed.
    expect(await real.run({ kind: 'experiment', params })).toMatchObject({
      state: 'failed',
      done: 0,
      error: expect.stringContaining('experiment.csv exists already'),
    });
  });

  it('keeps what it came to where the files cannot be written, and says so', async () => {
    const out = join(real.folder, 'out');
    mkdirSync(out);
    const params = { flip: 0.3, lambda: 0.01, seeds: 1, methods: ['random' as const], folder: await real.place(out) };
    const running = real.run({ kind: 'experiment', params });
    // The folder is a file by the time of writing.
    rmSync(out, { recursive: true });
    writeFileSync(out, '');
    const { id, state, note } = await running;
    expect({ state, note }).toMatchObject({ state: 'done', note: expect.stringContaining('could not be written') });
    const result = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    expect(result.written).toEqual([]);
    expect(result.notWritten).toContain('experiment.csv could not be written');
    expect(result.methods).toHaveLength(1);
    rmSync(out);
    mkdirSync(out);
    const folder = await real.place(out);
    await real.client.call('experiments.write', { id, folder, name: 'later' });
    expect(readdirSync(out).sort()).toEqual(['later.csv', 'later.png']);
  });

  it('takes the truth from a file, and the pixels as features', async () => {
    const file = join(real.folder, 'truth.csv');
    const { rows } = await real.client.call('queue.page', { query: { method: 'importance' }, from: 0, count: 40 });
    const names = new Map((await real.client.call('classes.list', {})).map(({ id, name }) => [id, name]));
    const truthOf = (row: (typeof rows)[number]) =>
      names.get(wrong.includes(row.path) ? 3 - row.givenClassId : row.givenClassId)!;
    const unusable = `${rows[0]!.path}\nnone.png,dusk\nnowhere.png,dusk\n${rows[1]!.path},\n${rows[2]!.path},mud\n`;
    const told = rows.filter((row) => row !== rows[2]);
    writeFileSync(file, `path,label\n${unusable}${told.map((row) => `${row.path},${truthOf(row)}`).join('\n')}\n`);
    const params = {
      truth: await real.place(file),
      seeds: 1,
      features: 'pixels' as const,
      lambda: 0.01,
      checked: [0.1],
    };
    const { id, error } = await real.run({ kind: 'experiment', params });
    expect(error).toBeNull();
    const { methods, truth } = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    expect(truth).toEqual({
      told: 39,
      rows: {
        count: 2,
        first: [
          'Line 2 has 1 cells where the header has 2; a cell with a delimiter needs quotes.',
          'Line 5 has no label.',
        ],
      },
      paths: { count: 2, first: ['none.png', 'nowhere.png'] },
      labels: { count: 1, first: ['mud'] },
    });
    // Four of forty are wrong, and the colours tell them apart at once.
    expect(methods[0]!.shares[0]!.found.mean).toBe(1);

    writeFileSync(file, `path,true_label\n${rows[0]!.path},mud\nnone.png,dusk\n`);
    const useless = await real.run({ kind: 'experiment', params });
    expect(useless.error).toBe(
      'truth.csv tells the true label of no image of this project. Rows whose label is no class of this project: 1 (mud). Rows whose path is no image of this project: 1 (none.png).',
    );

    writeFileSync(
      file,
      `path,label\n${rows.map(({ path, givenClassId }) => `${path},${names.get(givenClassId)!}`).join('\n')}\n`,
    );
    const anew = await real.run({ kind: 'experiment', params: { ...params, truth: await real.place(file) } });
    expect(anew.error).toBe('No label is wrong: there is nothing to find.');
  });

  it('is refused with one class in one sentence, and so is a fit', async () => {
    const one = startRealCore();
    await drawTwoColours(one.folder, { train: 1, test: 0, wrong: 0 });
    writeTinyModel(join(one.folder, 'tiny.onnx'));
    writeFileSync(join(one.folder, 'labels.csv'), 'path,label\ntrain/dusk/0000.png,dusk\n');
    await one.client.call('projects.create', { folder: await one.place(one.folder), name: 'one' });
    const images = await one.place(join(one.folder, 'images'));
    const labels = { format: 'csv' as const, file: await one.place(join(one.folder, 'labels.csv')) };
    expect(await one.run({ kind: 'import', params: { images, labels } })).toMatchObject({ state: 'done' });
    await one.client.call('models.set', { file: await one.place(join(one.folder, 'tiny.onnx')) });
    const fit = await one.run({ kind: 'fit', params: {} });
    const experiment = await one.run({ kind: 'experiment', params: { flip: 0.2 } });
    for (const { error } of [fit, experiment]) expect(error).toMatch(/^All images of this project are labelled dusk\./);
    await one.close();
    removeFolder(one.folder);
  });
});

// The command line as a script uses it: processes, exit statuses, one JSON object on stdout.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRest } from '../../src/main/cli/commands/fit.ts';
import { createProgram } from '../../src/main/cli/program.ts';
import { drawTwoColours, removeFolder, writeTinyModel } from '../core/real-core.ts';

const entry = fileURLToPath(new URL('../../src/main/cli/index.ts', import.meta.url));
let folder: string;
let project: string;
let wrong: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  project = join(folder, 'colours.secondlook');
  wrong = await drawTwoColours(folder);
  writeTinyModel(join(folder, 'tiny.onnx'));
});
afterAll(() => removeFolder(folder));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    encoding: 'utf8',
    env: { ...process.env, SECOND_LOOK_HOME: join(folder, 'home') },
  });
  return { status, stdout, stderr };
}

function ask(...args: string[]): Record<string, unknown> {
  const { status, stdout, stderr } = run(...args, '--json');
  expect(stderr).not.toMatch(/Error/);
  expect(status, stderr).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as never;
}

describe('the main job on the command line', () => {
  it('import', () => {
    const answer = ask('import', project, '--images', join(folder, 'images'), '--labels', 'folders');
    expect(answer).toEqual({
      images: { train: 40, test: 20 },
      classes: [
        { name: 'dusk', train: 20, test: 10 },
        { name: 'grass', train: 20, test: 10 },
      ],
      problems: [],
    });
  });

  it('model', () => {
    const answer = ask(
      'model',
      project,
      '--onnx',
      join(folder, 'tiny.onnx'),
      '--mean',
      '0.1,0.1,0.1',
      '--range',
      '0-1',
    );
    expect(answer).toMatchObject({
      input: { name: 'image', layout: 'nchw', height: 8, width: 8 },
      head: { kind: 'Gemm', dimensions: 4, classes: 2, exact: true },
    });
    expect(answer).toHaveProperty('notes');
    expect(answer).toHaveProperty('classes.matched', [
      { name: 'dusk', place: 0 },
      { name: 'grass', place: 1 },
    ]);
    const { looks } = answer as { looks: { path: string; classIndex: number; probability: number }[] };
    expect(looks).toHaveLength(3);
    for (const { path, classIndex, probability } of looks) {
      expect(path).toMatch(/^(train|test)\/(dusk|grass)\/\d+\.png$/);
      expect([0, 1]).toContain(classIndex);
      expect(probability).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('doctor, which needs no project', () => {
    const { providers, chosen } = ask('doctor') as { providers: { name: string; works: boolean }[]; chosen: string };
    expect(providers.find(({ name }) => name === 'cpu')).toEqual({ name: 'cpu', works: true, reason: null });
    expect(providers.find(({ works }) => works)?.name).toBe(chosen);
  });

  it('extract, and nothing is left to do the second time', () => {
    expect(ask('extract', project, '--provider', 'cpu')).toMatchObject({
      done: 60,
      skipped: 0,
      failed: [],
      provider: 'cpu',
    });
    expect(ask('extract', project, '--provider', 'cpu')).toMatchObject({ done: 0, skipped: 60, failed: [] });
  });

  it('model with another preprocessing, which says that the features are of the one before until that is back', () => {
    const model = ['model', project, '--onnx', join(folder, 'tiny.onnx'), '--range', '0-1', '--mean'];
    expect(ask(...model, '0.2,0.2,0.2')).toMatchObject({ stale: 60 });
    expect(run('fit', project)).toMatchObject({ status: 1, stderr: expect.stringContaining('Run the extraction') });
    expect(ask(...model, '0.1,0.1,0.1')).toMatchObject({ stale: 0 });
  });

  it('fit', () => {
    const answer = ask('fit', project, '--lambda', '0.01', '--feature-scale', 'none');
    for (const key of ['objective', 'iterations', 'passes', 'seconds', 'trainAccuracy', 'testAccuracy'])
      expect(answer[key], key).toBeTypeOf('number');
    expect(answer).toMatchObject({ lambda: 0.01, featureScale: 'none' });
    expect(Object.keys(answer['certificate'] as object)).toEqual(
      expect.arrayContaining(['gradientNorm', 'maxLogitError', 'dualityGap']),
    );
  });

  it('rank', () => {
    const { rows } = ask('rank', project, '--top', '4') as unknown as {
      rows: { path: string; given: string; suggested: string; score: number; importance: number }[];
    };
    expect(rows.map(({ path }) => path).sort()).toEqual([...wrong].sort());
    expect(rows[0]!.given).not.toBe(rows[0]!.suggested);
    expect(rows[0]!.score).toBeGreaterThanOrEqual(rows[1]!.score);
    expect(run('rank', project, '--method', 'margin')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('margin is the same order as importance') as string,
    });
  });

  it('rank says what the last decisions found and what is to be expected', () => {
    expect(ask('rank', project, '--top', '1')).toMatchObject({
      learned: { verdicts: 0, estimate: null, gain: null, dueIn: 20 },
      review: { decided: 0, open: 40, hitRate: null, hitRateBefore: null },
    });
    const estimate = {
      left: { value: 212.4, interval: [150, 290] as [number, number] },
      next: { value: 31, interval: [22, 41] as [number, number] },
    };
    const gain = { value: 0.0123, interval: [0.004, 0.02] as [number, number] };
    expect(
      describeRest(
        { verdicts: 100, estimate, gain, dueIn: 3 },
        { decided: 100, open: 900, hitRate: 0.4, hitRateBefore: 0.6 },
      ),
    ).toEqual([
      '100 decided, 900 open; 40.0 % of your last 50 decisions changed the label, 60.0 % of the 50 before',
      'after 100 verdicts about 212 (150 to 290) wrong labels were left',
      'in the learned order the next 100 should hold about 31 (22 to 41)',
      'at the rate so far the next 100 gain about 1.23 (0.40 to 2.00) points of test accuracy',
    ]);
  });

  it('test-labels takes verdicts from a file, and they change no run', () => {
    const file = join(folder, 'test-verdicts.csv');
    writeFileSync(
      file,
      'path,action,label\ntest/dusk/0000.png,relabel,grass\ntest/grass/0001.png,exclude,\ntrain/dusk/0004.png,keep,\n',
    );
    expect(ask('test-labels', project, '--from', file)).toEqual({
      applied: 2,
      rejected: [{ line: 4, reason: 'train/dusk/0004.png is not in the test split.' }],
    });
    expect(ask('test-labels', project)).toMatchObject({ decided: 2, corrected: 2, accuracy: { value: 1 } });
  });

  it('rank --bake-off says that it cannot know before there are verdicts', () => {
    const answer = ask('rank', project, '--bake-off');
    expect(answer).toEqual({ reviewed: 0, wrong: 0, fewest: 20, checked: [0.1, 0.2, 0.4], methods: null });
  });

  it('explain adds up', () => {
    const answer = ask(
      'explain',
      project,
      '--image',
      'test/dusk/0000.png',
      '--class',
      'dusk',
      '--top',
      '2',
    ) as unknown as {
      logits: Record<string, number>;
      excitatory: { value: number }[];
      inhibitory: { value: number }[];
      remainder: number;
      residual: number;
      bound: number;
    };
    const sum = [...answer.excitatory, ...answer.inhibitory].reduce((total, { value }) => total + value, 0);
    expect(sum + answer.remainder + answer.residual).toBeCloseTo(answer.logits['dusk']!, 4);
    expect(answer.excitatory).toHaveLength(2);
  });

  it('explain shows the test errors, and what the images of a cell have in common', () => {
    expect(ask('explain', project)).toMatchObject({
      fit: 'labels',
      testImages: 20,
      wrong: 0,
      right: { dusk: 10, grass: 10 },
      errors: [],
    });
    const answer = ask('explain', project, '--cell', 'dusk,dusk', '--top', '3') as unknown as {
      images: { path: string; margin: number }[];
      logit: number;
      inhibitory: { value: number; recurrence: number }[];
      remainder: number;
      residual: number;
    };
    expect(answer).toMatchObject({ class: 'dusk', predicted: 'dusk', counted: 10 });
    expect(answer.images).toHaveLength(10);
    expect(answer.inhibitory).toHaveLength(3);
    const sum = answer.inhibitory.reduce((total, { value }) => total + value, 0);
    expect(sum + answer.remainder + answer.residual).toBeCloseTo(answer.logit, 3);
    const { status, stderr } = run('explain', project, '--cell', 'dusk,mud');
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('dusk,mud') as string });
  });

  it('decide, retrain, runs, export', () => {
    writeFileSync(
      join(folder, 'decisions.csv'),
      `path,label\n${wrong.map((path) => `${path},${path.includes('dusk') ? 'grass' : 'dusk'}`).join('\n')}\nnone.png,dusk\n`,
    );
    expect(ask('decide', project, '--from', join(folder, 'decisions.csv'), '--reviewer', 'kim')).toEqual({
      applied: wrong.length,
      rejected: [{ line: wrong.length + 2, reason: 'none.png is not an image of this project.' }],
    });
    const retrained = ask('retrain', project);
    expect(retrained).toMatchObject({
      changedLabels: wrong.length,
      before: { changedLabels: 0 },
      after: { changedLabels: wrong.length },
    });
    expect(retrained).toHaveProperty('pairedTest.pValue');
    expect((ask('runs', project) as unknown as { runs: unknown[] }).runs).toHaveLength(2);
    const out = join(folder, 'out.csv');
    expect(ask('export', project, '--format', 'csv', '--out', out)).toEqual({ written: out, changed: wrong.length });
    expect(readFileSync(out, 'utf8')).toContain(`${wrong[0]!},`);
  });
});

describe('exit statuses', () => {
  it('are 1 with one sentence for a failure', () => {
    const { status, stdout, stderr } = run('retrain', join(folder, 'nowhere'), '--json');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('nowhere.secondlook');
  });

  it.each([
    ['fit'],
    ['nonsense'],
    ['fit', 'p', '--tolerance', '2'],
    ['extract', 'p', '--provider', 'abacus'],
    ['experiment', 'p', '--methods', 'suspicion,luck'],
    ['experiment', 'p'],
    ['explain', 'p', '--class', 'deer'],
    ['runs', 'p', '--compare', '1'],
  ])('are 2 for wrong usage, with what is wrong: %s', (...args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr.trim()).not.toBe('');
  });

  it.each([
    ['model', '--std', '0.2,0,0.2', '0 is not a number that is larger than 0.'],
    ['model', '--size', '0', '0 is not a whole number from 1 to 8192.'],
    ['model', '--shortest-side', '1.5', '1.5 is not a whole number from 1 to 16384.'],
    ['import', '--test-fraction', '0.95', '0.95 is not a number from 0 to 0.9.'],
    ['fit', '--tolerance', '2', '2 is not a number that is larger than 0 and at most 1.'],
    ['fit', '--lambda', 'much', 'much is not "auto" or a number.'],
    ['experiment', '--flip', '1', '1 is not a number that is larger than 0 and less than 1.'],
    ['experiment', '--checked', '0.1,0', '0 is not a number that is larger than 0 and at most 1.'],
    ['explain', '--top', '501', '501 is not a whole number from 0 to 500.'],
    ['rank', '--top', '', ' is not a whole number that is at least 0.'],
    ['runs', '--measure', '0', '0 is not a whole number that is larger than 0.'],
  ])('are 2 for values past the bounds of the contract: %s %s %s', async (command, option, value, sentence) => {
    const program = createProgram();
    for (const each of program.commands) each.configureOutput({ writeErr: () => undefined });
    const error: unknown = await program
      .parseAsync([command, 'p', option, value], { from: 'user' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'commander.invalidArgument' });
    expect((error as Error).message).toContain(`'${option} <`);
    expect((error as Error).message).toContain(`argument '${value}' is invalid. ${sentence}`);
  });

  it('are 0 for help', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const command of [
      'import',
      'model',
      'extract',
      'fit',
      'rank',
      'explain',
      'decide',
      'retrain',
      'runs',
      'export',
      'serve',
      'demo',
    ])
      expect(stdout).toContain(command);
  });
});

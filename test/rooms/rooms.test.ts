// The guards of the house, seen to bark: each file below `bad/` breaks one rule, and says in its first line which check
// must fail on it. The files below `good/`, and the doors, must pass.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repositoryRoot = join(import.meta.dirname, '../..');
const list = (folder: string) => globSync('**/*.{ts,svelte}', { cwd: join(import.meta.dirname, folder) }).sort();

const bad = list('bad');
const good = list('good');
const doors = ['src/main/electron/core-process.ts', 'src/main/server/compute-process.ts'];
const expected = new Map(
  await Promise.all(
    bad.map(async (path): Promise<[string, { check: string; rule: string }]> => {
      const text = await readFile(join(import.meta.dirname, 'bad', path), 'utf8');
      const [, check, rule] = /^(?:\/\/|<!--) (lint|tsc): (\S+)/.exec(text)!;
      return [path, { check: check!, rule: rule! }];
    }),
  ),
);

/** A copy of the house with the canaries in their rooms. */
let house: string;
/** Rules and error numbers that each file failed by. */
let failures: Map<string, string[]>;

beforeAll(async () => {
  house = await realpath(await mkdtemp(join(tmpdir(), 'second-look-rooms-')));
  for (const path of ['src', 'tsconfig.json', 'package.json', 'eslint.config.js']) {
    await cp(join(repositoryRoot, path), join(house, path), { recursive: true });
  }
  for (const folder of ['good', 'bad']) await cp(join(import.meta.dirname, folder), house, { recursive: true });
  await symlink(join(repositoryRoot, 'node_modules'), join(house, 'node_modules'));
  failures = new Map([...(await lint()), ...(await compile())]);
}, 120_000);

afterAll(() => rm(house, { recursive: true }));

async function lint(): Promise<[string, string[]][]> {
  const eslint = new ESLint({ cwd: house });
  const files = [...bad, ...good, ...doors].filter((path) => expected.get(path)?.check !== 'tsc');
  const results = await eslint.lintFiles(files);
  return results.map(({ filePath, messages }) => [
    filePath.slice(house.length + 1),
    messages.map(({ ruleId, message }) => ruleId ?? message),
  ]);
}

/** Each room's own tsconfig, on its canaries alone. */
async function compile(): Promise<[string, string[]][]> {
  const files = [...bad, ...good].filter((path) => path.endsWith('.ts') && expected.get(path)?.check !== 'lint');
  const found: [string, string[]][] = [];
  for (const room of ['src/shared', 'src/main', 'src/preload', 'src/renderer']) {
    const ours = files.filter((path) => path.startsWith(`${room}/`));
    const config = join(house, room, 'tsconfig.canaries.json');
    const ambient = globSync('**/*.d.ts', { cwd: join(house, room) });
    const relative = ours.map((path) => path.slice(room.length + 1));
    await writeFile(
      config,
      JSON.stringify({ extends: './tsconfig.json', include: [], files: [...relative, ...ambient] }),
    );
    const output = await run(join(house, 'node_modules/.bin/tsc'), ['-p', config, '--pretty', 'false']);
    for (const path of ours) {
      const lines = output.split('\n').filter((line) => line.startsWith(`${path}(`));
      found.push([path, lines.map((line) => /error (TS\d+)/.exec(line)![1]!)]);
    }
  }
  return found;
}

const run = (command: string, args: string[]): Promise<string> =>
  new Promise((resolve) => execFile(command, args, { cwd: house }, (_error, stdout) => resolve(stdout)));

describe('each canary is caught by the check and the rule that it names', () => {
  it.each(bad)('%s', (path) => {
    expect(failures.get(path)).toContain(expected.get(path)!.rule);
  });
});

describe('what is allowed passes', () => {
  it.each([...good, ...doors])('%s', (path) => {
    expect(failures.get(path)).toEqual([]);
  });
});

it('has a canary for every room', () => {
  const rooms = [
    'shared',
    'main/store',
    'main/compute',
    'main/core',
    'main/server',
    'main/cli',
    'main/electron',
    'preload',
    'renderer',
  ];
  for (const room of rooms)
    expect(
      bad.some((path) => path.startsWith(`src/${room}/`)),
      room,
    ).toBe(true);
});

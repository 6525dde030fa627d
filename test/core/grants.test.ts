import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Grants, isInside } from '../../src/main/core/grants.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grants-'));
  mkdirSync(join(folder, 'open', 'below'), { recursive: true });
  mkdirSync(join(folder, 'open-too'));
  writeFileSync(join(folder, 'secret.txt'), 'x');
  writeFileSync(join(folder, 'open', 'a.txt'), 'x');
  writeFileSync(join(folder, 'open', '.hidden'), 'x');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'open', 'link.txt'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('grants', () => {
  it('open what lies in the folder that was chosen, and nothing else', async () => {
    const grants = new Grants();
    const { id: grant } = await grants.add(join(folder, 'open'));
    expect(await grants.resolve({ grant, path: 'a.txt' })).toMatch(/open.a\.txt$/);
    expect(await grants.resolve({ grant, path: 'below/../a.txt' })).toMatch(/open.a\.txt$/);
    for (const path of ['../secret.txt', '..', 'link.txt', '../open-too', 'below/../../secret.txt'])
      await expect(grants.resolve({ grant, path }), path).rejects.toMatchObject({ code: 'bad-request' });
    await expect(grants.resolve({ grant, path: 'gone.txt' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(grants.resolve({ grant: 'made-up', path: '' })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('list folders first, without hidden entries and links', async () => {
    const grants = new Grants();
    const { id: grant } = await grants.add(join(folder, 'open'));
    expect(await grants.listFolder({ grant, path: '' })).toEqual([
      { name: 'below', kind: 'folder' },
      { name: 'a.txt', kind: 'file' },
    ]);
  });

  it('give one id to one folder', async () => {
    const grants = new Grants();
    const first = await grants.add(join(folder, 'open'));
    expect((await grants.add(join(folder, 'open', 'below', '..'))).id).toBe(first.id);
    expect(grants.list()).toHaveLength(1);
  });
});

describe('isInside', () => {
  it('is not fooled by a shared beginning of names', () => {
    expect(isInside('/a/b', '/a/b/c')).toBe(true);
    expect(isInside('/a/b', '/a/b')).toBe(true);
    expect(isInside('/a/b', '/a/bc')).toBe(false);
    expect(isInside('/', '/etc')).toBe(true);
  });
});

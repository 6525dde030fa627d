import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFolders } from '../../../src/main/core/formats/folders.ts';
import { collect, makeFolder } from './made-files.ts';

const splitsOf = async (...paths: string[]) => {
  const { files } = await collect(readFolders(await makeFolder(...paths)));
  return files.map(({ path, split }) => `${path} ${split}`);
};

test('a folder per class is read in the order of names, folders below a class included', async () => {
  const folder = await makeFolder('cat/2.JPG', 'cat/1.png', 'bird/deep/er/3.webp', '01/4.tiff');
  expect(await collect(readFolders(folder))).toEqual({
    files: [
      { path: '01/4.tiff', label: '01', split: null, record: null },
      { path: 'bird/deep/er/3.webp', label: 'bird', split: null, record: null },
      { path: 'cat/1.png', label: 'cat', split: null, record: null },
      { path: 'cat/2.JPG', label: 'cat', split: null, record: null },
    ],
    problems: [],
  });
});

test('split folders above the classes name the split, and validation images measure where there is no test', async () => {
  expect(await splitsOf('train/cat/1.jpg', 'test/cat/2.jpg')).toEqual(['test/cat/2.jpg test', 'train/cat/1.jpg train']);
  expect(await splitsOf('Training/cat/1.jpg', 'validation/cat/2.jpg')).toEqual([
    'Training/cat/1.jpg train',
    'validation/cat/2.jpg test',
  ]);
});

test('validation images are ignored beside test images', async () => {
  expect(await splitsOf('train/cat/1.jpg', 'test/cat/2.jpg', 'val/cat/3.jpg')).toEqual([
    'test/cat/2.jpg test',
    'train/cat/1.jpg train',
    'val/cat/3.jpg ignored',
  ]);
});

test('a class may be called test where there is no train folder', async () => {
  const { files } = await collect(readFolders(await makeFolder('test/1.jpg', 'exam/2.jpg')));
  expect(files.map(({ label, split }) => [label, split])).toEqual([
    ['exam', null],
    ['test', null],
  ]);
});

test('what systems leave behind is passed over; what is no picture, or lies in no class, is a problem', async () => {
  const folder = await makeFolder(
    '.DS_Store',
    'readme.txt',
    'loose.jpg',
    'train/loose.png',
    'train/cat/1.jpg',
    'train/cat/Thumbs.db',
    'train/cat/._1.jpg',
    'train/cat/notes.txt',
    'extra/cat/2.jpg',
  );
  const { files, problems } = await collect(readFolders(folder));
  expect(files.map(({ path }) => path)).toEqual(['train/cat/1.jpg']);
  expect(problems).toEqual([
    { path: 'loose.jpg', reason: expect.stringContaining('no class folder') },
    { path: 'extra', reason: expect.stringContaining('no split') },
    { path: 'train/loose.png', reason: expect.stringContaining('no class folder') },
    { path: 'train/cat/notes.txt', reason: expect.stringContaining('not a picture') },
  ]);
});

test('links that go in circles end, and links to pictures are pictures', async () => {
  const folder = await makeFolder('cat/1.jpg');
  await symlink(folder, join(folder, 'cat', 'again'));
  await symlink(join(folder, 'cat'), join(folder, 'kitten'));
  await symlink('1.jpg', join(folder, 'cat', '2.jpg'));
  const { files, problems } = await collect(readFolders(folder));
  expect(files.map(({ path }) => path)).toEqual(['cat/1.jpg', 'cat/2.jpg']);
  expect(problems).toEqual([
    { path: 'cat/again', reason: expect.stringContaining('link to a folder') },
    { path: 'kitten', reason: expect.stringContaining('link to a folder') },
  ]);
});

test('the images folder may itself be reached by a link', async () => {
  const folder = await makeFolder('pictures/cat/1.jpg');
  await symlink(join(folder, 'pictures'), join(folder, 'link'));
  expect((await collect(readFolders(join(folder, 'link')))).files.map(({ path }) => path)).toEqual(['cat/1.jpg']);
});

test('an empty folder has nothing, and one that is not there is a sentence', async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, 'cat'));
  expect(await collect(readFolders(folder))).toEqual({ files: [], problems: [] });
  await expect(collect(readFolders(join(folder, 'gone')))).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining('gone cannot be read'),
  });
});

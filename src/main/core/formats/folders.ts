// A folder per class, or a folder per split with a folder per class in each: the folder is the label.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Split } from '../../../shared/labels.ts';
import { sentence, tell } from '../../../shared/told.ts';
import type { LabelledFiles } from './labelled-file.ts';
import { readSplitName, settleSplit } from './split-names.ts';

/**
 * Reads `CLASS/…/file`, or `train/CLASS/…/file` where the images folder has a folder for the train split. Folders below
 * a class belong to the class. The order is that of names. Hidden files and what systems leave in folders are passed
 * over; anything else that is no picture is a problem. Throws 'unreadable' if the images folder cannot be read.
 */
export async function* readFolders(imagesFolder: string): LabelledFiles {
  const top = await listFolder(imagesFolder).catch((cause: unknown) => {
    throw tell('unreadable', 'folder-unreadable', { folder: imagesFolder }, { cause });
  });
  const folders = top.filter((entry) => entry.isDirectory());
  yield* readLoosePictures(imagesFolder, '', top);
  if (!folders.some(({ name }) => readSplitName(name) === 'train')) {
    yield* readClasses(imagesFolder, '', top, null);
    return;
  }
  const hasTest = folders.some(({ name }) => readSplitName(name) === 'test');
  for (const { name } of folders) {
    const split = readSplitName(name);
    if (!split) {
      yield { path: name, reason: sentence('problem.beside-train') };
      continue;
    }
    const entries = await listFolder(join(imagesFolder, name));
    yield* readLoosePictures(imagesFolder, name, entries);
    yield* readClasses(imagesFolder, name, entries, settleSplit(split, hasTest));
  }
}

async function* readClasses(
  imagesFolder: string,
  above: string,
  entries: readonly Dirent[],
  split: Split | null,
): LabelledFiles {
  for (const entry of entries) {
    const path = joinPath(above, entry.name);
    if (entry.isDirectory()) yield* readClass(imagesFolder, path, entry.name, split);
    else if (await isLinkToFolder(imagesFolder, path, entry)) yield linkedFolder(path);
  }
}

async function* readClass(imagesFolder: string, folder: string, label: string, split: Split | null): LabelledFiles {
  for (const entry of await listFolder(join(imagesFolder, folder))) {
    const path = joinPath(folder, entry.name);
    if (entry.isDirectory()) yield* readClass(imagesFolder, path, label, split);
    else if (await isLinkToFolder(imagesFolder, path, entry)) yield linkedFolder(path);
    else if (isPicture(entry)) yield { path, label, split, record: null };
    else yield { path, reason: sentence('problem.not-a-picture') };
  }
}

/** Label files, read-me files and the like may lie above the classes; pictures there have no class. */
async function* readLoosePictures(imagesFolder: string, folder: string, entries: readonly Dirent[]): LabelledFiles {
  for (const entry of entries) {
    const path = joinPath(folder, entry.name);
    if (entry.isDirectory() || !isPicture(entry) || (await isLinkToFolder(imagesFolder, path, entry))) continue;
    yield { path, reason: sentence('problem.no-class') };
  }
}

/**
 * [Note: linked folders] A link to a folder is not followed. If it leads to a folder among the images, those are read
 * there already, and if it leads out, nothing outside the images folder is opened; so no links can go in circles.
 */
const linkedFolder = (path: string) => ({
  path,
  reason: sentence('problem.linked-folder'),
});

async function isLinkToFolder(imagesFolder: string, path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  // A link to nothing is left to whoever opens the picture, and says so then.
  const target = await stat(join(imagesFolder, path)).catch(() => undefined);
  return target?.isDirectory() ?? false;
}

async function listFolder(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !isLeftBySystem(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const systemNames = new Set(['thumbs.db', 'desktop.ini', '__macosx', '@eadir']);
const isLeftBySystem = (name: string) => name.startsWith('.') || systemNames.has(name.toLowerCase());

/** By name alone; the bytes are looked at when the picture is opened. */
const pictureEndings = new Set('.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .avif .heic .heif'.split(' '));
const isPicture = ({ name }: Dirent) => pictureEndings.has(extname(name).toLowerCase());

const joinPath = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

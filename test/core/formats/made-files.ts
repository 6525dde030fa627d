// Folders and files for the tests of label formats.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LabelledFile, LabelledFiles } from '../../../src/main/core/formats/labelled-file.ts';
import type { Problem } from '../../../src/shared/labels.ts';

/** A folder that is gone when the test is, with an empty file at each path. */
export async function makeFolder(...paths: string[]): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'second-look-formats-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  return folder;
}

export async function collect(entries: LabelledFiles): Promise<{ files: LabelledFile[]; problems: Problem[] }> {
  const files: LabelledFile[] = [];
  const problems: Problem[] = [];
  for await (const entry of entries) {
    if ('reason' in entry) problems.push(entry);
    else files.push(entry);
  }
  return { files, problems };
}

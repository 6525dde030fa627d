// The real models and pictures that some tests want. They may not be passed on, so they lie beside the repository:
// in ../shared/material, or where SECOND_LOOK_MATERIAL says.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'vitest';

const folder = process.env.SECOND_LOOK_MATERIAL ?? resolve(import.meta.dirname, '../../shared/material');
const isPresent = existsSync(folder);

/** Why there is none, or null. */
export const materialAbsence = isPresent ? null : `the material is absent (looked for it in ${folder})`;

/** The path of a file of the material. */
export const materialPath = (path: string): string => join(folder, path);

/** A group of tests on the material; where it is absent they are skipped, with the reason in the title. */
export function describeWithMaterial(title: string, tests: () => void): void {
  if (isPresent) {
    describe(title, tests);
    return;
  }
  const reason = `skipped: ${materialAbsence}`;
  console.warn(`${title}: ${reason}`);
  // The tests themselves are not even listed: to list them some read the material.
  describe(title, () => it.skip(reason));
}

/** Unpacks members of an archive of the material, named as in it, into a new folder, and returns that folder. */
export function unpackMaterial(archive: string, members: string[]): string {
  const target = mkdtempSync(join(tmpdir(), 'second-look-material-'));
  execFileSync('tar', ['-xf', materialPath(archive), '-C', target, ...members]);
  return target;
}

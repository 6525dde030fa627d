// The real models and pictures that some tests and benchmarks want. They may not be passed on, so they lie beside the
// repository: in ../shared/material, or where SECOND_LOOK_MATERIAL says.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const materialFolder = process.env.SECOND_LOOK_MATERIAL ?? resolve(import.meta.dirname, '../../shared/material');
/** Why there is none, or null. */
export const materialAbsence = existsSync(materialFolder)
  ? null
  : `the material is absent (looked for it in ${materialFolder})`;

/** The path of a file of the material. */
export const materialPath = (path: string): string => join(materialFolder, path);

/** Unpacks members of an archive of the material, named as in it, into a new folder, and returns that folder. */
export function unpackMaterial(archive: string, members: string[] = []): string {
  const target = mkdtempSync(join(tmpdir(), 'second-look-material-'));
  execFileSync('tar', ['-xf', materialPath(archive), '-C', target, ...members]);
  return target;
}

// Tests on the material.
import { describe, it } from 'vitest';
import { materialAbsence } from './material-files.ts';

export { materialPath, unpackMaterial } from './material-files.ts';

/** A group of tests on the material; where it is absent they are skipped, with the reason in the title. */
export function describeWithMaterial(title: string, tests: () => void): void {
  if (materialAbsence === null) {
    describe(title, tests);
    return;
  }
  const reason = `skipped: ${materialAbsence}`;
  console.warn(`${title}: ${reason}`);
  // The tests themselves are not even listed: to list them some read the material.
  describe(title, () => it.skip(reason));
}

// A hundred models that are broken in some way: each is understood or refused with one sentence, and nothing crashes.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startComputeProcess } from '../../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../../src/shared/compute-contract.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import { connect } from '../../../src/shared/rpc.ts';
import { makeFolder } from '../tiny-models.ts';
import { brokenModels } from './broken-models.ts';

it('a hundred broken models are each understood or refused with one sentence, in one process that lives', async () => {
  const compute = await startComputeProcess(
    join(import.meta.dirname, '../../../src/main/server/compute-process.ts'),
    () => undefined,
  );
  const { call } = connect<ComputeCalls, ComputeEvents>(compute.port);
  let refused = 0;
  for (const [title, bytes] of brokenModels) {
    const folder = join(makeFolder(), 'model');
    mkdirSync(join(folder, 'folder'), { recursive: true });
    writeFileSync(join(folder, 'broken.onnx'), bytes);
    try {
      await call('model.inspect', { path: join(folder, 'broken.onnx') });
    } catch (error) {
      refused += 1;
      if (!isAppError(error)) throw new Error(`${title}: ${String(error)}`, { cause: error });
      expect(['unsupported', 'unreadable', 'bad-request'], `${title}: ${error.code}, ${error.message}`).toContain(
        error.code,
      );
      expect(error.message.length, title).toBeGreaterThan(20);
      expect(error.message.length, `${title}: ${error.message}`).toBeLessThan(800);
      expect(error.message, title).not.toMatch(/\n|\bat \w+ \(|\.cc:|::/);
    }
    expect(readdirSync(folder).sort(), title).toEqual(['broken.onnx', 'folder']);
  }
  compute.kill();
  expect(refused).toBeGreaterThan(50);
});

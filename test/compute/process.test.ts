import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { startComputeProcess } from '../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import { connect } from '../../src/shared/rpc.ts';
import { logitsOf, makeFolder, makeTinyModel, writeTemporary } from './tiny-models.ts';

const entry = resolve(import.meta.dirname, '../../src/main/server/compute-process.ts');

const started: { kill(): void }[] = [];
afterEach(() => {
  for (const compute of started.splice(0)) compute.kill();
});

async function startCompute() {
  const compute = await startComputeProcess(entry, () => undefined);
  started.push(compute);
  return { compute, client: connect<ComputeCalls, ComputeEvents>(compute.port) };
}

async function savePicture(red: number): Promise<string> {
  const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: { r: red, g: 0, b: 0 } } });
  const path = join(makeFolder(), 'picture.png');
  writeFileSync(path, await picture.png().toBuffer());
  return path;
}

describe('a compute process', () => {
  it('measures, inspects, opens and extracts over its port', async () => {
    const { client } = await startCompute();
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const picture = await savePicture(255);

    const [measured] = await client.call('images.measure', { paths: [picture] });
    expect(measured).toMatchObject({ problem: null, width: 4, height: 4 });

    const { preprocessing, sha256 } = await client.call('model.inspect', { path });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const opened = await client.call('model.open', { path, preprocessing, provider: 'cpu' });
    expect(opened).toMatchObject({ provider: 'cpu', providersTried: [] });
    expect(opened.batch).toBeGreaterThan(0);

    // Two calls under way, as extraction makes them.
    const [first, second] = await Promise.all([
      client.call('model.extract', { paths: [picture, '/nowhere.png'] }),
      client.call('model.extract', { paths: [await savePicture(0)] }),
    ]);
    expect(first.features).toBeInstanceOf(Float32Array);
    expect([...first.features]).toEqual([1, 0, 0, 0, 0, 0]);
    expect([...first.logits]).toEqual([...logitsOf([1, 0, 0]), 0, 0]);
    expect(first.failed).toEqual([{ index: 1, reason: 'The file is missing.' }]);
    expect([...second.logits]).toEqual(logitsOf([0, 0, 0]));
  });

  it('opens one model after another, with the preprocessing of each', async () => {
    const { client } = await startCompute();
    const picture = await savePicture(255);
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    for (const range of ['0-1', '0-255', '-1-1'] as const) {
      const { preprocessing } = await client.call('model.inspect', { path, choice: { range } });
      await client.call('model.open', { path, preprocessing, provider: 'cpu' });
      const { features } = await client.call('model.extract', { paths: [picture] });
      expect(features[0]).toBe(range === '0-255' ? 255 : 1);
      expect(features[1]).toBe(range === '-1-1' ? -1 : 0);
    }
  });

  it('answers what a person can act on as an AppError', async () => {
    const { client } = await startCompute();
    await expect(client.call('model.extract', { paths: [] })).rejects.toMatchObject({ code: 'bad-request' });
    const path = writeTemporary('cut.onnx', makeTinyModel().subarray(0, 100));
    await expect(client.call('model.inspect', { path })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unreadable',
    });
  });

  it('that is killed leaves its callers "unavailable" and says how it ended', async () => {
    const { compute, client } = await startCompute();
    const pending = client.call('images.measure', { paths: Array<string>(20_000).fill('/nowhere.png') });
    compute.kill();
    await expect(pending).rejects.toMatchObject({ code: 'unavailable' });
    expect(await compute.ended).toBe('signal SIGKILL');
    await expect(client.call('images.measure', { paths: [] })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('knows when what it answered has been taken', async () => {
    const module = JSON.stringify(resolve(import.meta.dirname, '../../src/main/server/child-port.ts'));
    const script = writeTemporary(
      'child.mjs',
      `
        import { portFromProcess } from ${module};
        const port = portFromProcess(process);
        port.onMessage(async () => {
          port.post(new Uint8Array(2 ** 24));
          await port.sent();
          port.post(Date.now());
        });
        port.post('here');
      `,
    );
    const child = await startComputeProcess(script, () => undefined);
    started.push(child);
    const messages: unknown[] = [];
    let busyUntil = 0;
    await new Promise<void>((done) => {
      child.port.onMessage((message) => {
        messages.push(message);
        if (messages.length === 3) done();
        if (message !== 'here') return;
        child.port.post('go');
        // While nobody reads, so much does not fit into any line between two processes.
        setImmediate(() => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
          busyUntil = Date.now();
        });
      });
    });
    expect(messages[1]).toHaveLength(2 ** 24);
    expect(messages[2]).toBeGreaterThanOrEqual(busyUntil);
  });

  it('ends with the process that started it, however that ends', async () => {
    const module = JSON.stringify(resolve(import.meta.dirname, '../../src/main/server/child-port.ts'));
    const script = `
      import processes from 'node:child_process';
      import { syncBuiltinESMExports } from 'node:module';
      const { fork } = processes;
      let child;
      processes.fork = (...args) => (child = fork(...args));
      syncBuiltinESMExports();
      const { startComputeProcess } = await import(${module});
      const compute = await startComputeProcess(${JSON.stringify(entry)}, () => undefined);
      compute.port.onMessage((message) => console.log(message.ok.length === 0 ? child.pid : 'odd'));
      compute.port.post({ id: 1, call: 'images.measure', params: { paths: [] } });
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const isThere = () => {
      try {
        return process.kill(Number(line), 0);
      } catch {
        return false;
      }
    };
    expect(isThere()).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(isThere, { timeout: 20_000 }).toBe(false);
  });

  it('is not there where the system cannot start it, and what it printed is in the log', async () => {
    const printed: string[] = [];
    const compute = await startComputeProcess('/nowhere/compute.ts', (line) => printed.push(line));
    expect(await compute.ended).toBe('exit code 1');
    await expect.poll(() => printed.join('\n')).toContain('/nowhere/compute.ts');
  });
});

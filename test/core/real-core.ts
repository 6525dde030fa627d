// A core with everything real behind it (SQLite on disk, pictures, an ONNX model, ONNX Runtime), compute in this process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createCompute } from '../../src/main/compute/compute.ts';
import {
  createModel,
  createNode,
  createTensor,
  createValue,
  toModelBytes,
} from '../../src/main/compute/graph/build.ts';
import { createCore, type Core } from '../../src/main/core/core.ts';
import type { ComputeProcess } from '../../src/main/core/host.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import type { CoreCalls, CoreEvents, StartJob } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import type { Place } from '../../src/shared/project.ts';
import { portPair } from '../../src/shared/ports.ts';
import { createRandom } from '../../src/shared/random.ts';
import { connect, serve, type Client, type Port } from '../../src/shared/rpc.ts';
import { createJobRunner } from './run-jobs.ts';

export interface RealCore {
  core: Core;
  folder: string;
  client: Client<CoreCalls, CoreEvents>;
  logged: string[];
  place(path: string): Promise<Place>;
  /** Starts a job and waits until it is over. */
  run(request: StartJob): Promise<Job>;
  /** Ends the compute process at once, as a crash would. */
  crashCompute(): void;
  /** The same folder with a new core, as after a restart; the old one is left as a crash would leave it or closed first. */
  close(): Promise<void>;
}

/** `makePorts` is the carrier between the caller and core. */
export function startRealCore(makePorts: () => [Port, Port] = portPair, folder = makeFolder()): RealCore {
  const logged: string[] = [];
  let crash = () => {};
  const core = createCore({
    startCompute() {
      const [ours, theirs] = portPair();
      const { emit } = serve<ComputeCalls, ComputeEvents>(
        theirs,
        createCompute((progress) => emit('progress', progress)),
        {
          onBug: (error) => String(error),
        },
      );
      const over = Promise.withResolvers<string>();
      crash = () => {
        ours.close();
        over.resolve('signal SIGKILL');
      };
      return Promise.resolve<ComputeProcess>({ port: ours, kill: crash, ended: over.promise });
    },
    log: (line) => logged.push(line),
    paths: { userData: join(folder, 'user-data'), samples: join(folder, 'samples') },
    mediaBase: '/media/image/',
    version: '0.0.0',
  });
  const [ours, theirs] = makePorts();
  core.attach(theirs);
  const client = connect<CoreCalls, CoreEvents>(ours);
  return {
    core,
    folder,
    client,
    logged,
    place: async (path) => ({ grant: (await core.grant(path)).id, path: '' }),
    run: createJobRunner(client),
    crashCompute: () => crash(),
    async close() {
      client.close();
      await core.close();
    },
  };
}

const makeFolder = () => mkdtempSync(join(tmpdir(), 'core-'));
export const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

const classNames = ['dusk', 'grass'];

/**
 * Pictures of one colour and some noise below `folder/images/{train,test}/{dusk,grass}`: blue and green, of which some
 * train pictures lie in the wrong folder. Returns the paths (below `images`) of those.
 */
export async function drawTwoColours(folder: string, { train = 40, test = 20, wrong = 4 } = {}): Promise<string[]> {
  const random = createRandom(3);
  const wrongPaths: string[] = [];
  for (const [split, count] of Object.entries({ train, test })) {
    for (let number = 0; number < count; number++) {
      const colour = number % 2;
      const isWrong = split === 'train' && number < wrong;
      const path = `${split}/${classNames[isWrong ? 1 - colour : colour]!}/${String(number).padStart(4, '0')}.png`;
      if (isWrong) wrongPaths.push(path);
      const pixels = Buffer.from(
        Array.from({ length: 8 * 8 * 3 }, (_, i) => (i % 3 === 2 - colour ? 150 + random() * 100 : random() * 100)),
      );
      mkdirSync(join(folder, 'images', path, '..'), { recursive: true });
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
        .png()
        .toFile(join(folder, 'images', path));
    }
  }
  return wrongPaths;
}

/** A model of two classes: mean colour, a fixed mixing to four features, ReLU, and a Gemm head. */
export function writeTinyModel(file: string): void {
  const model = createModel({
    name: 'tiny',
    inputs: [createValue('image', 'float32', ['N', 3, 8, 8])],
    outputs: [createValue('logits', 'float32', ['N', 2])],
    initializers: [
      createTensor('mix', [4, 3, 1, 1], Float32Array.of(1, -1, 0, 0, 1, -1, -1, 0, 1, 0.5, 0.5, 0.5)),
      createTensor('w', [2, 4], Float32Array.of(-1, -1, 2, 0, 1, 1, -2, 0)),
      createTensor('b', [2], Float32Array.of(0.1, -0.1)),
    ],
    nodes: [
      createNode('Conv', ['image', 'mix'], ['mixed'], { kernel_shape: [1n, 1n] }),
      createNode('Relu', ['mixed'], ['active']),
      createNode('GlobalAveragePool', ['active'], ['pooled']),
      createNode('Flatten', ['pooled'], ['features'], { axis: 1n }),
      createNode('Gemm', ['features', 'w', 'b'], ['logits'], { transB: 1n }),
    ],
  });
  writeFileSync(file, toModelBytes(model));
}

/** A project in `folder` with the pictures imported, the model set, features extracted and the head fitted. */
export async function makeFittedProject(
  real: RealCore,
  counts: Parameters<typeof drawTwoColours>[1] = {},
): Promise<string[]> {
  const wrong = await drawTwoColours(real.folder, counts);
  const model = join(real.folder, 'tiny.onnx');
  writeTinyModel(model);
  await real.client.call('projects.create', { folder: await real.place(real.folder), name: 'colours' });
  const images = await real.place(join(real.folder, 'images'));
  const jobs: (() => Promise<Job>)[] = [
    () => real.run({ kind: 'import', params: { images, labels: { format: 'folders' } } }),
    () => real.run({ kind: 'extract', params: { provider: 'cpu' } }),
    () => real.run({ kind: 'fit', params: { lambda: 0.01 } }),
  ];
  for (const [index, start] of jobs.entries()) {
    const job = await start();
    if (job.state !== 'done')
      throw new Error(`${job.kind}: ${job.error ?? job.note ?? job.state}; ${real.logged.join('\n')}`);
    const { problems } = await real.client.call('projects.overview', {});
    if (problems.length > 0) throw new Error(`${job.kind}: ${JSON.stringify(problems)}`);
    if (index === 0) await real.client.call('models.set', { file: await real.place(model) });
  }
  return wrong;
}

// How long it takes to take a logit apart, beside reading the features once, and how long the features take to load.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExplainRequest, LoadedFit } from '../../src/shared/compute-contract.ts';
import { explainLogit } from '../../src/main/compute/representer/explain.ts';
import { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { createOnnxProducts } from '../../src/main/compute/representer/onnx-products.ts';
import { explainBlock } from '../../src/main/compute/representer/representer.ts';
import { ComputeClient } from '../../src/main/core/compute-client.ts';
import { Loaded } from '../../src/main/core/loaded.ts';
import { createProject } from '../../src/main/core/project.ts';
import { createNodeHost } from '../../src/main/server/node-host.ts';
import { blockSize } from '../../src/main/store/feature-table.ts';
import { openStore } from '../../src/main/store/store.ts';
import { createRandom } from '../../src/shared/random.ts';
import { medianOf, timeOf, type Bench, type Row } from './row.ts';
import { compareStorage } from './storage.ts';

const d = 512;
const classes = 10;
const times = 15;

const cases: Record<string, () => Promise<Row[]>> = {
  '50k x 512': async () => {
    const small = makeLoaded(50_000);
    return [
      await measure('one image over 50k x 512', small, askFor(7)),
      await measure('one image over 50k x 512, in the order of cosines', small, { ...askFor(7), order: 'cosine' }),
      await measure('a set of 500 images over 50k x 512', small, {
        ...askFor(7),
        rows: Int32Array.from({ length: 500 }, (_, i) => i * 100),
      }),
    ];
  },
  '1M x 512': async () => [await measure('one image over 1M x 512', makeLoaded(1_000_000), askFor(7))],
  loading: async () => [await measureLoading(50_000), ...(await compareStorage(50_000, d))],
};

export const explainBench: Bench = {
  async run(say, only) {
    const rows: Row[] = [];
    for (const name of Object.keys(cases).filter((each) => each.includes(only))) {
      say(name);
      rows.push(...(await cases[name]!()));
    }
    return rows;
  },
};

const askFor = (row: number): ExplainRequest => ({
  fit: 'labels',
  rows: Int32Array.of(row),
  toward: 1,
  against: 0,
  count: 10,
  order: 'raw',
});

/** A fit of made-up numbers: how long an explanation takes does not depend on what it says. */
function makeLoaded(n: number): { matrix: FeatureMatrix; fit: LoadedFit } {
  const random = createRandom(3);
  const matrix = new FeatureMatrix(n, d);
  const period = Float32Array.from({ length: 4099 }, random);
  const half = matrix.values.length / 2;
  for (let at = 0; at < half; at += period.length)
    matrix.values.set(period.subarray(0, Math.min(period.length, half - at)), at);
  // Both halves alike, so that comparing them reads all.
  matrix.values.copyWithin(half, 0, half);
  matrix.squaredNorms.fill(d / 3);
  const draw = (length: number) => Float64Array.from({ length }, () => random() - 0.5);
  const fit: LoadedFit = {
    target: 'labels',
    rows: Int32Array.from({ length: n }, (_, row) => row),
    labels: new Int32Array(n),
    classes,
    lambda: 1e-3,
    scale: 13,
    weights: draw((d + 1) * classes),
    gradient: draw((d + 1) * classes).map((value) => value * 1e-6),
    alpha: Float32Array.from(draw(n * classes)),
  };
  return { matrix, fit };
}

async function measure(
  name: string,
  { matrix, fit }: { matrix: FeatureMatrix; fit: LoadedFit },
  request: ExplainRequest,
): Promise<Row> {
  const half = matrix.values.byteLength / 2;
  const [first, second] = [Buffer.from(matrix.values.buffer, 0, half), Buffer.from(matrix.values.buffer, half, half)];
  const { signal } = new AbortController();
  const explain = () => {
    const products = createOnnxProducts(matrix, fit.rows, fit.scale, signal, 'float32', explainBlock);
    return explainLogit(matrix, fit, products, request);
  };
  await explain();
  const [ours, reading]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time++) {
    ours.push(await timeOf(explain));
    reading.push(await timeOf(() => first.equals(second)));
  }
  const [seconds, other] = [medianOf(ours), medianOf(reading)];
  const gigabytes = matrix.values.byteLength / 1e9;
  return {
    case: name,
    ours: seconds * 1000,
    unit: 'ms',
    other: other * 1000,
    otherName: 'reading the features once',
    ratio: other / seconds,
    limit: `memory: ${(gigabytes / seconds).toFixed(1)} GB/s of ${(gigabytes / other).toFixed(1)} that a comparison reads`,
  };
}

/** From the project file through a compute process of its own into its memory, as after a start of the app. */
async function measureLoading(n: number): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  const file = join(folder, 'features.secondlook');
  const store = openStore(file, { create: true });
  const compute = new ComputeClient(createNodeHost(() => undefined));
  try {
    const features = new Float32Array(blockSize * d).fill(0.5);
    store.transaction(() => {
      store.project.create('features', '0.0.0');
      const classId = store.classes.add('any');
      for (let id = 1; id <= n; id++)
        store.images.add({
          path: `${id}.jpg`,
          sha256: String(id).padStart(64, '0'),
          split: 'train',
          width: 1,
          height: 1,
          sizeBytes: 1,
          record: null,
          problem: null,
          classId,
        });
      const modelId = store.models.add('/model.onnx', 'f'.repeat(64), {
        input: { name: 'x', layout: 'nchw', element: 'float32', channels: 3, height: 8, width: 8, batch: null },
        head: { kind: 'Gemm', features: 'f', logits: 'z', dimensions: d, classes, exact: true, difference: 0 },
        preprocessing: { width: 8, height: 8, channels: 'rgb', range: '0-1', mean: [0], std: [1], shortestSide: null },
        notes: [],
      });
      store.project.setModel(modelId);
      for (let first = 1; first <= n; first += blockSize) {
        const count = Math.min(blockSize, n - first + 1);
        const block = features.subarray(0, count * d);
        store.features.save(modelId, count, {
          firstImageId: first,
          features: block,
          logits: new Float32Array(),
          provider: 'cpu',
          failed: [],
        });
      }
    });
    const project = createProject(file, store);
    await new Loaded(project, compute).matrix();
    const seconds: number[] = [];
    for (let time = 0; time < 5; time++) {
      const loaded = new Loaded(project, compute);
      seconds.push(await timeOf(() => loaded.matrix()));
    }
    const ours = medianOf(seconds);
    const megabytes = (n * d * 4) / 1e6;
    return {
      case: `loading ${n / 1000}k x ${d} from the project file into compute`,
      ours,
      unit: 's',
      limit: `${(megabytes / ours).toFixed(0)} MB/s`,
    };
  } finally {
    await compute.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

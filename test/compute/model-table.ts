// `npm run models [-- FOLDER]`: every model of a folder (the material's by default) by the command line's own calls on a
// hundred images of ten classes: what was understood, extraction, fit, the repaired model; and how far the logits are from
// those that PyTorch gave for the same weights, where the material has them.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSession } from '../../src/main/cli/session.ts';
import { toTable } from '../../src/main/cli/table.ts';
import { Extractor } from '../../src/main/compute/extract.ts';
import { openModel } from '../../src/main/compute/open-model.ts';
import type { ModelExportResult } from '../../src/main/core/export-model.ts';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { FitResult } from '../../src/main/core/fits.ts';
import type { Preprocessing } from '../../src/shared/model.ts';
import { materialAbsence, materialPath, unpackMaterial } from '../material-files.ts';

if (materialAbsence) {
  console.error(materialAbsence);
  process.exit(1);
}

interface Reference {
  mean: number[];
  std: number[];
  rows: { file: string; logits: number[] }[];
}
const reference = JSON.parse(readFileSync(materialPath('models/reference_logits.json'), 'utf8')) as Reference;
const models = process.argv[2] ?? materialPath('models');

/** What the files do not say of how they were trained. */
const choices: [RegExp, Partial<Preprocessing>][] = [
  [/uint8/, {}],
  [/^(resnet20_cifar10jpg|tiny)/, { mean: reference.mean, std: reference.std }],
  [/akamaster/, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }],
  [/^(resnet8|mnist)/, { range: '0-255' }],
  [/^mobilenet_v1_0.5/, { range: '-1-1' }],
];
/** The forms of the weights of which PyTorch's logits are known. */
const isReference = (name: string) => /^resnet20_cifar10jpg(?!.*(nobias|worse))/.test(name);

const all = unpackMaterial('cifar10.tar', ['cifar10/test']);
const folder = mkdtempSync(join(tmpdir(), 'second-look-models-'));
process.env.SECOND_LOOK_HOME = join(folder, 'home');
const images = join(folder, 'images');
for (const name of readdirSync(join(all, 'cifar10/test')).sort()) {
  for (const file of readdirSync(join(all, 'cifar10/test', name))
    .sort()
    .slice(0, 10)) {
    const target = join(images, name, file);
    mkdirSync(dirname(target), { recursive: true });
    linkSync(join(all, 'cifar10/test', name, file), target);
  }
}

/** Largest difference of a model's logits from PyTorch's, over twenty pictures. */
async function compareWithReference(path: string, preprocessing: Preprocessing): Promise<number> {
  const extractor = new Extractor(await openModel({ path, preprocessing, provider: 'cpu' }));
  const paths = reference.rows.map(({ file }) => join(all, 'cifar10', file));
  const { logits } = await extractor.extract(paths, new AbortController().signal);
  await extractor.close();
  const known = reference.rows.flatMap((row) => row.logits);
  return known.reduce((largest, value, at) => Math.max(largest, Math.abs(value - logits[at]!)), 0);
}

async function examine(name: string): Promise<string[]> {
  const session = openSession();
  try {
    const path = join(models, name);
    const choice = choices.find(([pattern]) => pattern.test(name))?.[1] ?? {};
    await session.openOrCreate(join(folder, `${name}-project`));
    const importing = { images: await session.place(images), labels: { format: 'folders' as const } };
    await session.run({ kind: 'import', params: importing });
    const overview = await session.call('models.set', { file: await session.place(path), preprocessing: choice });
    const { input, head, preprocessing } = overview.model!.description;
    const extraction = await session.run<ExtractResult>({ kind: 'extract', params: {} });
    const fit = await session.run<FitResult>({ kind: 'fit', params: {} });
    const target = await session.place(folder);
    const params = { format: 'onnx' as const, folder: target, name: `repaired-${name}` };
    const repaired = await session.run<ModelExportResult>({ kind: 'export', params });
    return [
      name,
      `${input.channels} x ${preprocessing.height} x ${preprocessing.width} ${input.element} ${input.layout}`,
      head.kind === 'none' ? `none (${head.dimensions})` : `${head.kind} ${head.dimensions} -> ${head.classes}`,
      head.exact ? 'exact' : 'not exact',
      head.difference?.toExponential(1) ?? '-',
      isReference(name) ? (await compareWithReference(path, preprocessing)).toExponential(1) : '-',
      `${extraction.done} of ${extraction.done + extraction.failed.length}`,
      fit.reached ? 'certified' : 'not reached',
      `${repaired.difference.toExponential(1)} on ${repaired.checked}`,
    ];
  } catch (error) {
    return [name, error instanceof Error ? error.message : String(error)];
  } finally {
    await session.close();
  }
}

const rows: string[][] = [];
for (const name of readdirSync(models).filter((file) => file.endsWith('.onnx'))) rows.push(await examine(name));
rmSync(folder, { recursive: true, force: true });
rmSync(all, { recursive: true, force: true });
const titles = ['model', 'input', 'head', '', 'head - model', 'model - PyTorch', 'extracted', 'fit', 'repaired - fit'];
for (const line of toTable(titles, rows)) console.log(line);

import type { ImportResult } from '../../core/imports.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { toTable } from '../table.ts';

export interface ImportOptions {
  images: string;
  labels: string;
  pathColumn?: string;
  labelColumn?: string;
  splitColumn?: string;
  testFraction: number;
  seed: number;
}

const problemsShown = 20;

export async function importImages(session: Session, project: string, options: ImportOptions): Promise<Answer> {
  const { pathColumn, labelColumn, splitColumn, testFraction, seed } = options;
  const images = await session.place(options.images);
  const labels =
    options.labels === 'folders'
      ? ({ format: 'folders' } as const)
      : ({ format: 'csv', file: await session.place(options.labels), pathColumn, labelColumn, splitColumn } as const);
  await session.openOrCreate(project);
  const result = await session.run<ImportResult>({ kind: 'import', params: { images, labels, testFraction, seed } });
  const { classes, problems } = result;
  return {
    json: result,
    lines: [
      `${result.images.train} train and ${result.images.test} test images in ${classes.length} classes`,
      ...toTable(
        ['class', 'train', 'test'],
        classes.map(({ name, train, test }) => [name, String(train), String(test)]),
      ),
      ...problems.slice(0, problemsShown).map(({ path, reason }) => `${path}: ${reason}`),
      ...(problems.length > problemsShown ? [`and ${problems.length - problemsShown} problems more`] : []),
    ],
  };
}

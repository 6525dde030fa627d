// A project of pictures and a model, made by the app's own calls and ready to be extracted.
import { linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, type Session } from '../../src/main/cli/session.ts';
import type { Preprocessing } from '../../src/shared/model.ts';

/** What is extracted with what. */
export interface Extraction {
  /** Path of the ONNX file. */
  model: string;
  choice: Partial<Preprocessing>;
  /** Paths of the pictures. */
  pictures: string[];
}

/** Runs `measure` in a home that knows the project as a recent one, on core while it is open, and clears up behind it. */
export async function withProject<Result>(
  { model, choice, pictures }: Extraction,
  measure: (session: Session, home: string) => Promise<Result>,
): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  process.env.SECOND_LOOK_HOME = join(home, 'app');
  const images = join(home, 'images');
  pictures.forEach((path, index) => {
    const inside = join(images, `class-${index % 2}`);
    mkdirSync(inside, { recursive: true });
    linkSync(path, join(inside, `${index}.jpg`));
  });
  const session = openSession();
  try {
    await session.openOrCreate(join(home, 'bench'));
    await session.run({
      kind: 'import',
      params: { images: await session.place(images), labels: { format: 'folders' } },
    });
    await session.call('models.set', { file: await session.place(model), preprocessing: choice });
    return await measure(session, home);
  } finally {
    await session.close();
    rmSync(home, { recursive: true, force: true });
  }
}

// Where projects lie and what their files are called.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export const projectExtension = '.secondlook';

/** A file name that every system takes: characters that one of them refuses become a dash. */
export function projectFileName(name: string): string {
  const stem = name.endsWith(projectExtension) ? name.slice(0, -projectExtension.length) : name;
  const safe = stem
    .replace(/[<>:"/\\|?*\p{Cc}]/gu, '-')
    .replace(/[. ]+$/, '')
    .trim();
  return `${safe === '' ? 'project' : safe}${projectExtension}`;
}

/** A new folder for a sample below `samples`: Sample, Sample 2, Sample 3, ... */
export async function newSampleFolder(samples: string): Promise<{ name: string; folder: string }> {
  await mkdir(samples, { recursive: true });
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'Sample' : `Sample ${number}`;
    const folder = join(samples, name);
    try {
      await mkdir(folder);
      return { name, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

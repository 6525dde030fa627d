// The log file: one line per event, with its time.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const largestBytes = 5 * 2 ** 20;

/** Opens `second-look.log` in a folder; a long one becomes `second-look.old.log` first. Lines also go to the terminal. */
export function openLog(folder: string): (line: string) => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'second-look.log');
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > largestBytes) renameSync(path, join(folder, 'second-look.old.log'));
  return (line) => {
    console.error(line);
    try {
      appendFileSync(path, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // A full disk must not end the app; the terminal has the line.
    }
  };
}

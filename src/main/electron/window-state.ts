// Where the window stood when it was closed: a small file, checked when it is read.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { z } from 'zod';

const WindowStateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(400), height: z.int().min(300) }),
  isMaximized: z.boolean(),
});

export type WindowState = z.output<typeof WindowStateSchema>;

const pathIn = (userData: string) => join(userData, 'window.json');

/** What was saved; undefined where nothing is, where it is damaged, or where that screen is gone. */
export function readWindowState(userData: string): WindowState | undefined {
  try {
    const state = WindowStateSchema.parse(JSON.parse(readFileSync(pathIn(userData), 'utf8')));
    return isOnScreen(state.bounds) ? state : undefined;
  } catch {
    // The first start, or a damaged file: the window opens at its first size.
    return undefined;
  }
}

/** Writes beside and renames, so that a crash leaves the old one. */
export function saveWindowState(userData: string, window: BrowserWindow): void {
  const state: WindowState = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
  const path = pathIn(userData);
  writeFileSync(`${path}.new`, JSON.stringify(state));
  renameSync(`${path}.new`, path);
}

function isOnScreen({ x, y, width, height }: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const overlapX = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    const overlapY = Math.min(y + height, workArea.y + workArea.height) - Math.max(y, workArea.y);
    return overlapX >= 200 && overlapY >= 100;
  });
}

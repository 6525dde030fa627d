// The app as it is built from what lies here, and a real Chromium for its pages.
import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';

/** Builds the app, and closes the browser behind `measure`. Throws where it can not be built. */
export async function withBuiltApp<Result>(measure: (browser: Browser) => Promise<Result>): Promise<Result> {
  const { status } = spawnSync('electron-vite', ['build', '--logLevel', 'error'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The app could not be built.');
  const browser = await launchChromium();
  try {
    return await measure(browser);
  } finally {
    await browser.close();
  }
}

// The page while an extraction has the processors: the built app on its loopback host in a real Chromium, on the screen
// that shows the progress.
import type { Browser, Page } from 'playwright-core';
import { startApp } from '../e2e/app.ts';
import { withBuiltApp } from './built-app.ts';
import { withProject, type Extraction } from './extract-project.ts';
import type { Row } from './row.ts';

interface Gaps {
  /** Milliseconds between two turns of the page's main thread. */
  turn: number;
  /** Of one task on it, as Chromium itself tells those above 50 ms; 0 where there was none. */
  task: number;
  /** From frame to frame, which a processor draws here. */
  frames: number[];
  /** Changes of what the bar says of the job. */
  changes: number;
}

/** Rows on the page's main thread and its frames during one extraction, which is started by a press on its button. */
export async function measurePage(name: string, extraction: Extraction): Promise<Row[]> {
  const gaps = await withProject(extraction, async (session, home) => {
    await session.call('projects.close', {});
    return withBuiltApp((browser) => watchExtraction(browser, home));
  });
  const sorted = gaps.frames.sort((a, b) => a - b);
  const frame = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return [
    {
      case: `${name}: longest gap of the main thread`,
      ours: gaps.turn,
      unit: 'ms',
      limit: `50 ms; longest task ${gaps.task === 0 ? 'below 50' : gaps.task.toFixed(0)} ms; ${gaps.changes} changes of the bar`,
    },
    {
      case: `${name}: longest frame`,
      ours: frame(1),
      unit: 'ms',
      limit: `drawn by the processor; median ${frame(0.5).toFixed(1)} ms, 95th percentile ${frame(0.95).toFixed(1)} ms of ${sorted.length} frames`,
    },
  ];
}

async function watchExtraction(browser: Browser, home: string): Promise<Gaps> {
  const app = await startApp(browser, { home });
  try {
    const page = await app.open();
    await page.getByRole('button', { name: /bench\.secondlook/ }).click();
    const start = page.getByRole('button', { name: /^Extract features/ });
    await start.waitFor();
    await watchMainThread(page);
    await start.click();
    const bar = page.getByRole('group', { name: 'Extracting features' });
    await bar.waitFor();
    await bar.waitFor({ state: 'detached', timeout: 300_000 });
    return await page.evaluate(() => window.gaps);
  } finally {
    await app.close();
  }
}

declare global {
  interface Window {
    gaps: Gaps;
  }
}

/** Sets `window.gaps` going. */
const watchMainThread = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const gaps: Gaps = { turn: 0, task: 0, frames: [], changes: 0 };
    window.gaps = gaps;
    let lastTurn = performance.now();
    setInterval(() => {
      const now = performance.now();
      gaps.turn = Math.max(gaps.turn, now - lastTurn);
      lastTurn = now;
    }, 1);
    let lastFrame = performance.now();
    requestAnimationFrame(function look(now) {
      gaps.frames.push(now - lastFrame);
      lastFrame = now;
      requestAnimationFrame(look);
    });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) gaps.task = Math.max(gaps.task, duration);
    }).observe({ type: 'longtask' });
    const bar = document.querySelector('header')!;
    new MutationObserver(() => (gaps.changes += 1)).observe(bar, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });

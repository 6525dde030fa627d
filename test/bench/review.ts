// `npm run bench -- review`: what a reviewer waits for, measured in the page of the built app in a real Chromium: from key to
// next image painted, frames and blank tiles of a grid of 100 000 images, and opening and exporting a project of that size.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { exportLabels } from '../../src/main/core/export.ts';
import { createProject } from '../../src/main/core/project.ts';
import { openStore } from '../../src/main/store/store.ts';
import { startApp, type App } from '../e2e/app.ts';
import { showScreen } from '../e2e/steps.ts';
import { withBuiltApp } from './built-app.ts';
import { drawPictures, multiply, unpackPhotographs } from './review-pictures.ts';
import { writeLabels, writeReviewProject, type BenchPicture } from './review-project.ts';
import { measureNextImage, measureScrolling, watchFrom } from './review-page.ts';
import { timeOf, type Bench, type Row } from './row.ts';

const decisions = 300;
const many = 100_000;
/** Between two decisions: some 15 000 images an hour, faster than a person keeps up. */
const pauseMs = 200;

const makeMany: Pictures = async (folder) => multiply(folder, await drawPictures(folder, 2000, 320, 240), many);

/** Each with what its rows are called by. */
const cases: Record<string, (browser: Browser, say: Say) => Promise<Row[]>> = {
  'next-image-p95 photographs': (browser, say) =>
    timeDecisions(browser, say, 'next-image-p95 photographs', unpackPhotographs),
  'next-image-p95 32 x 32': (browser, say) =>
    timeDecisions(browser, say, 'next-image-p95 32 x 32', (folder) => drawPictures(folder, 600, 32, 32)),
  'learning-100k': (browser, say) => timeDecisions(browser, say, 'next-image-p95 of 100k, learning', makeMany),
  grid: timeManyImages,
  'export-100k': timeExport,
};

export const reviewBench: Bench = {
  run: (say, only) =>
    withBuiltApp(async (browser) => {
      const rows: Row[] = [];
      for (const [name, measure] of Object.entries(cases))
        if (name.includes(only)) rows.push(...(await measure(browser, say)));
      return rows;
    }),
};

type Pictures = (folder: string) => Promise<BenchPicture[] | undefined>;
type Say = (sentence: string) => void;

/** Runs `measure` on an app with a project of the pictures, and clears up behind it. */
async function withProject<Result>(
  browser: Browser,
  pictures: Pictures,
  measure: (app: App) => Promise<Result>,
): Promise<Result | undefined> {
  const home = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  try {
    const images = join(home, 'images');
    const found = await pictures(images);
    if (!found) return undefined;
    writeReviewProject(home, images, found);
    const app = await startApp(browser, { home });
    try {
      return await measure(app);
    } finally {
      await app.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const recentProject = (page: Page) => page.getByRole('button', { name: /bench\.secondlook/ });

async function timeDecisions(browser: Browser, say: Say, name: string, pictures: Pictures): Promise<Row[]> {
  say(`${name}: ${decisions} decisions`);
  const measured = await withProject(browser, pictures, async (app) => {
    const page = await app.open();
    await recentProject(page).click();
    await showScreen(page, 'Review');
    await page.locator('.stage img').waitFor();
    const times = await measureNextImage(page, decisions, pauseMs);
    await app.killCore();
    return { times, learned: countLearned(app.home) };
  });
  if (!measured) return [{ case: name, ours: null, unit: 'ms', skipped: 'the material is absent' }];
  const { times, learned } = measured;
  return [
    {
      case: name,
      ours: quantileOf(times, 0.95),
      unit: 'ms',
      limit: `below 50 ms; median ${quantileOf(times, 0.5).toFixed(1)} ms; learned from ${learned} of ${decisions} verdicts meanwhile`,
    },
  ];
}

/** Verdicts in the newest learned order of the project. */
function countLearned(home: string): number {
  const store = openStore(join(home, 'bench.secondlook'));
  try {
    return store.learnedQueues.find(1)?.verdicts ?? 0;
  } finally {
    store.close();
  }
}

async function timeManyImages(browser: Browser, say: Say): Promise<Row[]> {
  say(`making a project of ${many} images`);
  const measured = await withProject(browser, makeMany, async (app) => {
    const page = await app.open();
    await recentProject(page).waitFor();
    say('opening it');
    const opened = await watchFrom(page, () => recentProject(page).click(), 'main[aria-label="Overview"] .next');
    const shown = await watchFrom(page, () => showScreen(page, 'Review'), '.stage img');
    await page.keyboard.press('g');
    await page.locator('[role=grid] img').first().waitFor();
    say('scrolling through it');
    return { opened, shown, ...(await measureScrolling(page)) };
  });
  const { opened, shown, frames, blanks, heapBefore, heapAfter } = measured!;
  return [
    {
      case: 'grid-frame-p95',
      ours: quantileOf(frames, 0.95),
      unit: 'ms',
      limit: `below 20 ms; drawn by the processor, ${frames.length} frames`,
    },
    {
      case: 'grid-blank-max',
      ours: Math.max(0, ...blanks),
      unit: 'ms',
      limit: `below 100 ms; ${blanks.length} tiles came into view blank`,
    },
    {
      case: 'grid-heap-growth',
      ours: (heapAfter - heapBefore) / 2 ** 20,
      unit: 'MiB',
      limit: 'constant, however far one scrolls',
    },
    { case: 'open-100k', ours: opened, unit: 'ms', limit: 'below 2000 ms, to the overview painted' },
    { case: 'open-100k first image', ours: shown, unit: 'ms', limit: 'from the overview to the first image painted' },
  ];
}

/** Seconds of the export of a CSV of a hundred thousand rows, of which one in twenty has changed, up to its new name. */
async function timeExport(_browser: Browser, say: Say): Promise<Row[]> {
  say(`exporting ${many} labels`);
  const home = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  try {
    const path = writeLabels(home, many);
    const store = openStore(path);
    const seconds = await timeOf(() =>
      exportLabels(
        createProject(path, store),
        { format: 'csv', folder: home, reviewer: 'bench', name: 'corrected.csv' },
        { signal: new AbortController().signal, report: () => undefined },
      ),
    );
    store.close();
    return [{ case: 'export-100k', ours: seconds * 1000, unit: 'ms', limit: 'below 2000 ms' }];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

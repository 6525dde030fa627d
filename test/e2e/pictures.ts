// `npm run pictures -- FOLDER`: every screen of the running app on its sample, in both colour schemes, to be looked at.
// The README's picture is one of them: `npm run pictures -- /tmp/p && cp /tmp/p/review-light.png build/review.png`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startApp } from './app.ts';
import { launchChromium } from './chromium.ts';
import { expectDecided, makeSample, runExperiment, showScreen } from './steps.ts';

const folder = process.argv[2];
if (!folder) throw new Error('Say where the pictures go: npm run pictures -- FOLDER');
mkdirSync(folder, { recursive: true });

/** The states of Review, each with the keys that lead to it from the image. */
const reviewStates: Record<string, string[]> = {
  review: [],
  'review-zoomed': ['z', '+', '+'],
  'review-evidence': ['e'],
  'review-evidence-cosine': ['e', 'c'],
  'review-similar': ['s'],
  'review-grid': ['g'],
  'review-grid-selected': ['g', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown'],
  'review-filter': ['f'],
  'review-finder': ['/'],
  'review-keys': ['?'],
  'review-history': ['x', 'ArrowLeft', 'n', 'Enter', 'h'],
};

/** Nothing is on its way any more: no picture, no number. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => {
    const images = [...document.images];
    // Those that wait to be scrolled to are not in the picture.
    const isIn = (image: HTMLImageElement) => image.complete || image.loading === 'lazy';
    return images.every(isIn) && document.querySelector('.skeleton') === null;
  });
}

const browser = await launchChromium();
const app = await startApp(browser);
try {
  const first = await app.open();
  await first.screenshot({ path: join(folder, 'start-light.png') });
  await makeSample(first);
  await showScreen(first, 'Review');
  for (let count = 1; count <= 12; count++) {
    await first
      .getByText(/the other \d/)
      .first()
      .waitFor();
    await first.keyboard.press('Enter');
    await expectDecided(first, count);
  }
  await showScreen(first, 'Runs');
  await first.keyboard.press('r');
  await first.getByText(/→/).first().waitFor();
  await runExperiment(first);

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries({
      '': { width: 1440, height: 900 },
      '-small': { width: 1024, height: 700 },
    })) {
      const page = await app.open({ colorScheme, viewport });
      const take = async (name: string) => {
        await settle(page);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}${size}.png`) });
      };
      for (const screen of ['Projects', 'Overview', 'Explain', 'Runs', 'Experiment', 'Export', 'Settings']) {
        await showScreen(page, screen);
        if (screen === 'Explain')
          await page
            .getByText(/the other \d/)
            .first()
            .waitFor();
        if (screen === 'Runs' || screen === 'Experiment') await page.getByRole('table').first().waitFor();
        // The library of charts comes when it is first needed.
        if (screen === 'Runs' || screen === 'Experiment') await page.locator('[role=img] svg').first().waitFor();
        await take(screen.toLowerCase());
      }
      for (const [name, keys] of Object.entries(reviewStates)) {
        await page.reload();
        await page.locator('body[data-ready]').waitFor();
        await showScreen(page, 'Review');
        await page
          .getByText(/the other \d/)
          .first()
          .waitFor();
        await settle(page);
        for (const key of keys) {
          await page.keyboard.press(key);
          await settle(page);
        }
        await take(name);
      }
      await page.context().close();
    }
  }
} finally {
  await app.close();
  await browser.close();
}

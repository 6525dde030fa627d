// `npm run pictures -- FOLDER`: every screen of the running app on its sample, in both colour schemes, to be looked at.
// The README's picture is one of them: `npm run pictures -- /tmp/p && cp /tmp/p/review-light.png build/review.png`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from './app.ts';
import { launchChromium } from './chromium.ts';
import { expectDecided, makeSample, showScreen } from './steps.ts';

const folder = process.argv[2];
if (!folder) throw new Error('Say where the pictures go: npm run pictures -- FOLDER');
mkdirSync(folder, { recursive: true });

const browser = await launchChromium();
const app = await startApp(browser);
try {
  const first = await app.open();
  await first.screenshot({ path: join(folder, 'start-light.png') });
  await makeSample(first);
  await showScreen(first, 'Review');
  for (let count = 1; count <= 12; count++) {
    await first.getByText('the other', { exact: false }).first().waitFor();
    await first.keyboard.press('Enter');
    await expectDecided(first, count);
  }
  await showScreen(first, 'Runs');
  await first.keyboard.press('r');
  await first.getByText(/→/).first().waitFor();

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries({
      '': { width: 1440, height: 900 },
      '-small': { width: 1024, height: 700 },
    })) {
      const page = await app.open({ colorScheme, viewport });
      for (const screen of ['Projects', 'Overview', 'Review', 'Runs', 'Export', 'Settings']) {
        await showScreen(page, screen);
        if (screen === 'Review') await page.getByText('the other', { exact: false }).first().waitFor();
        if (screen === 'Runs') await page.getByRole('table').first().waitFor();
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: join(folder, `${screen.toLowerCase()}-${colorScheme}${size}.png`) });
      }
      await page.context().close();
    }
  }
} finally {
  await app.close();
  await browser.close();
}

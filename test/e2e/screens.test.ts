// Every screen, in both colour schemes and at the smallest window: no accessibility rule broken, nothing cut off.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from './app.ts';
import { launchChromium } from './chromium.ts';
import { makeSample, runExperiment, showScreen } from './steps.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screens = ['Projects', 'Overview', 'Review', 'Explain', 'Runs', 'Experiment', 'Export', 'Settings'];
/** The views and dialogs of Review, with the keys that lead there. */
const views: Record<string, string[]> = {
  'evidence in full': ['e', 'ArrowRight'],
  'similar images': ['s', 'a'],
  'the grid': ['g', 'ArrowRight', 'Shift+ArrowRight'],
  'the filter': ['f'],
  'the history': ['h'],
  'the class finder': ['/'],
  'a zoomed picture': ['z', '+', '+', '+', '+', '+', '+'],
  'all keys': ['?'],
};

let browser: Browser;
let app: App;
beforeAll(async () => {
  browser = await launchChromium();
  app = await startApp(browser);
  const page = await app.open();
  await makeSample(page);
  await runExperiment(page);
});
afterAll(async () => {
  await app.close();
  await browser.close();
});

interface Violation {
  id: string;
  nodes: { html: string }[];
}

async function findViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so the page's content security policy stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })",
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** The page itself never scrolls: screens scroll inside. */
const isCutOff = (page: Page) =>
  page.evaluate(
    () =>
      document.documentElement.scrollWidth > window.innerWidth ||
      document.documentElement.scrollHeight > window.innerHeight,
  );

describe.each([
  { colorScheme: 'light' as const, viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark' as const, viewport: { width: 1440, height: 900 } },
  { colorScheme: 'light' as const, viewport: { width: 1024, height: 700 } },
])('in $colorScheme at $viewport.width x $viewport.height', (options) => {
  let page: Page;
  beforeAll(async () => (page = await app.open(options)));
  afterAll(() => page.context().close());

  /** From a page that was just loaded, whatever the test before has left open. */
  async function show(name: string): Promise<void> {
    await page.reload();
    await page.locator('body[data-ready]').waitFor();
    await showScreen(page, name);
    if (name === 'Review' || name === 'Explain') await page.getByText('the other', { exact: false }).first().waitFor();
  }

  it.each(Object.entries(views))('Review, %s, breaks no accessibility rule and fits the window', async (_, keys) => {
    await show('Review');
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForLoadState('networkidle');
    }
    expect(await findViolations(page)).toEqual([]);
    expect(await isCutOff(page)).toBe(false);
  });

  it.each(screens)('%s breaks no accessibility rule and fits the window', async (name) => {
    await show(name);
    expect(await findViolations(page)).toEqual([]);
    expect(await isCutOff(page)).toBe(false);
  });
});

it.each([
  ['no-preference' as const, true],
  ['reduce' as const, false],
])('with motion: %s, something moves under the mouse: %s', async (reducedMotion, doesMove) => {
  const page = await app.open({ reducedMotion });
  await page.evaluate(() => {
    for (const event of ['transitionrun', 'animationstart'])
      document.addEventListener(event, () => (document.body.dataset['moved'] = 'true'));
  });
  await showScreen(page, 'Review');
  for (const place of [0, 1, 2]) await page.locator('aside .verdicts button').nth(place).hover();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await page.locator('body').getAttribute('data-moved')).toBe(doesMove ? 'true' : null);
  await page.context().close();
});

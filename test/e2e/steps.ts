// What a person does, by keyboard: reach a control with Tab, press it, read what the screen says.
import type { Locator, Page } from 'playwright-core';
import { formatCount } from '../../src/renderer/numbers.ts';

/** Moves the focus with Tab until it is on the control. */
export async function reach(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let step = 0; step < 60; step++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The control cannot be reached with Tab.');
}

/** Reaches a control and presses Enter on it. */
export async function press(page: Page, control: Locator): Promise<void> {
  await reach(page, control);
  await page.keyboard.press('Enter');
}

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

export const showScreen = async (page: Page, name: string): Promise<void> => {
  await press(page, page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }));
  await page.getByRole('main', { name }).waitFor();
};

/** Starts the sample from the first screen and waits until the queue is there. */
export async function makeSample(page: Page): Promise<void> {
  await press(page, button(page, 'Sample project'));
  await button(page, /Start reviewing/).waitFor({ timeout: 180_000 });
}

/** Runs the experiment as it is set up and waits until what came of it is there. */
export async function runExperiment(page: Page): Promise<void> {
  await showScreen(page, 'Experiment');
  await page.getByLabel('Seeds').fill('2');
  await press(page, button(page, /^Run experiment/));
  await page.getByText('with all labels right').first().waitFor({ timeout: 120_000 });
}

/** Waits until the bar below the image says that `count` images are decided, and that nothing waits to be saved. */
export async function expectDecided(page: Page, count: number): Promise<void> {
  const bar = page.locator('footer[aria-label=Progress]');
  await bar
    .filter({ hasText: new RegExp(`(^|[^\\d\\s])\\s*${formatCount(count)} decided`) })
    .waitFor({ timeout: 10_000 });
  await bar.getByText('Saving…').waitFor({ state: 'detached' });
}

/** The path below the image. */
export async function currentPath(page: Page): Promise<string> {
  return (await page.locator('.caption .path, .path[title]').first().getAttribute('title')) ?? '';
}

// What can be told of a page by looking at it: accessibility rules, what is cut off, what can be seen at all.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** The rules of WCAG 2.2 AA that the page breaks, each with the elements that do. */
export async function findViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so the page's content security policy stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })",
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** The page itself never scrolls: screens scroll inside. */
export const isCutOff = (page: Page): Promise<boolean> =>
  page.evaluate(
    () =>
      document.documentElement.scrollWidth > window.innerWidth ||
      document.documentElement.scrollHeight > window.innerHeight,
  );

/** What reads like an English sentence, of a page in a language of other letters. */
export const findEnglish = async (page: Page): Promise<string[]> =>
  (await page.locator('body').innerText()).match(/.*\b[a-z]+ [a-z]+ [a-z]+ [a-z]+.*/g) ?? [];

/** Screens and cards whose content is wider than they are; tables scroll in a frame of their own. */
export const findTooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.page, .card, aside, header, footer, [role=dialog], .button')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.checkVisibility())
      .map((part) => part.outerHTML.slice(0, 200)),
  );

/** Controls that no scrolling brings whole into the window, or that something lies over. */
export const findOutOfReach = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>('button, input, select, a[href], summary, [tabindex="0"]'),
    ];
    const scope = document.querySelector('[role=dialog]') ?? document.body;
    return controls
      .filter((control) => scope.contains(control) && control.tabIndex >= 0 && control.checkVisibility())
      .filter((control) => {
        control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const { left, right, top, bottom, width, height } = control.getBoundingClientRect();
        const isScroller = control.scrollHeight > control.clientHeight;
        if (left < -1 || right > window.innerWidth + 1) return true;
        if (isScroller || height > window.innerHeight) return false;
        if (top < -1 || bottom > window.innerHeight + 1 || width === 0) return true;
        const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return !over || !(control.contains(over) || over.contains(control));
      })
      .map((control) => control.outerHTML.slice(0, 200));
  });

/** Whether something can be seen: it looks other than when it is made invisible. */
export async function canBeSeen(part: Locator): Promise<boolean> {
  const shown = await part.screenshot();
  await part.evaluate((element: HTMLElement | SVGElement) => (element.style.opacity = '0'));
  const hidden = await part.screenshot();
  await part.evaluate((element: HTMLElement | SVGElement) => (element.style.opacity = ''));
  return !shown.equals(hidden);
}

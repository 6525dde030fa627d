// The real Chromium that an npm package brings; no system browser is used.
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

let executable: Promise<string> | undefined;

/** `textSize` is the reader's own, in pixels; browsers start with 16. */
export async function launchChromium({ textSize = 16 } = {}): Promise<Browser> {
  executable ??= chromium.executablePath();
  return playwright.launch({
    executablePath: await executable,
    // Tests run as root in containers; what is tested is the page, not the browser's own walls.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      `--blink-settings=defaultFontSize=${textSize}`,
    ],
  });
}

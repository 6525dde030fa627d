// lint: @typescript-eslint/no-restricted-imports
import { app } from 'electron';

export const quit = (): void => app.quit();

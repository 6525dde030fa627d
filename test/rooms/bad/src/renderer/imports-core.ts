// lint: @typescript-eslint/no-restricted-imports
import type { Core } from '../main/core/core.ts';

export type Mine = Core;

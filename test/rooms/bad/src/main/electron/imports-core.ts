// lint: @typescript-eslint/no-restricted-imports
import { createCore } from '../core/core.ts';

export const make = createCore;

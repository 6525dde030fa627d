// lint: @typescript-eslint/no-restricted-imports
import { createCore } from '../main/core/core.ts';

export const make = createCore;

// lint: @typescript-eslint/no-restricted-imports
import type { Store } from '../store/store.ts';

export type Mine = Store;

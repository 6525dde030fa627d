// lint: @typescript-eslint/no-restricted-imports
// A door opens to one room, not to the next one as well.
import type { Store } from '../store/store.ts';

export type Mine = Store;

// lint: @typescript-eslint/no-restricted-imports
import type { Host } from '../renderer/host/host.ts';

export type Mine = Host;

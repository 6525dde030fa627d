// lint: @typescript-eslint/no-restricted-imports
import { migrations } from '../store/migrations/index.ts';

export const count = migrations.length;

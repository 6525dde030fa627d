// lint: @typescript-eslint/no-restricted-imports
import { parseCoreParams } from '../../shared/core-contract.ts';

export const parse = parseCoreParams;

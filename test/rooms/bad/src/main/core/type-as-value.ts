// lint: @typescript-eslint/consistent-type-imports
import { AppError } from '../../shared/errors.ts';

export type Problem = AppError;

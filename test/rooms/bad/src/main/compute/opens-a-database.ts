// lint: @typescript-eslint/no-restricted-imports
import Database from 'better-sqlite3';

export const open = (): unknown => new Database(':memory:');

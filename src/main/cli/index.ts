#!/usr/bin/env node
// The command line: the same calls as the screen's, no window. Exit status 0 done, 1 failed, 2 wrong usage.
import { CommanderError } from 'commander';
import { isAppError } from '../../shared/errors.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its own.
    if (error.code === 'usage') console.error(error.message);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    console.error(isAppError(error) ? error.message : error);
    process.exitCode = 1;
  }
}

import type { Label } from './canary-words.ts';

export const toText = (label: Label): string => new URL(`app://${label.name}`).href;

// lint: @typescript-eslint/switch-exhaustiveness-check
export function toNumber(action: 'keep' | 'exclude'): number {
  switch (action) {
    case 'keep':
      return 1;
  }
  return 0;
}

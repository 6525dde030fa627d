// lint: no-restricted-syntax
export const load = (): Promise<unknown> => import('../compute/serve-compute.ts');

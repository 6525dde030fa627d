// lint: no-restricted-syntax
export const load = (): Promise<unknown> => import('onnxruntime-node');

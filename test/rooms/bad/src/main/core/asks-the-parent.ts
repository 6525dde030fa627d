// tsc: TS2339
export const tell = (): void => process.parentPort.postMessage('hello');

// How a contract is written: a plain object from call to a schema for what goes in and a type for what comes out.
import type { z } from 'zod';

export interface CallSpec<Schema extends z.ZodType = z.ZodType, Result = unknown> {
  params: Schema;
  /** Only a type: results are ours and are not checked at run time. */
  readonly result?: Result;
}

/** `call<Result>()(schema)`: two steps, so that the schema's type is inferred while the result's is given. */
export const call =
  <Result>() =>
  <Schema extends z.ZodType>(params: Schema): CallSpec<Schema, Result> => ({ params });

type ResultOf<Spec> = Spec extends CallSpec<z.ZodType, infer Result> ? Result : never;

/** The table as the caller sees it (defaults may be left out). */
export type CallerTable<Contract extends Record<string, CallSpec>> = {
  [K in keyof Contract & string]: { params: z.input<Contract[K]['params']>; result: ResultOf<Contract[K]> };
};

/** The table as the handler sees it (defaults are filled in). */
export type HandlerTable<Contract extends Record<string, CallSpec>> = {
  [K in keyof Contract & string]: { params: z.output<Contract[K]['params']>; result: ResultOf<Contract[K]> };
};

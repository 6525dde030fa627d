// What is known of an ONNX model.

export const channelOrders = ['rgb', 'bgr', 'gray'] as const;
export const pixelRanges = ['0-1', '0-255', '-1-1'] as const;

/** How a picture becomes the model's input: resize to width x height, scale to `range`, then (x - mean) / std per channel. */
export interface Preprocessing {
  width: number;
  height: number;
  /** Pixels of the shortest side, to which a picture is scaled before its centre is cut out; null stretches it instead. */
  shortestSide: number | null;
  channels: (typeof channelOrders)[number];
  range: (typeof pixelRanges)[number];
  /** One value per channel, in the model's channel order, in units of `range`. */
  mean: number[];
  std: number[];
}

/** The model's picture input as the graph declares it. */
export interface ModelInput {
  name: string;
  layout: 'nchw' | 'nhwc';
  element: 'float32' | 'uint8' | 'float16';
  channels: number;
  /** null where the graph leaves the size free. */
  height: number | null;
  width: number | null;
  /** The fixed batch size, or null where it is free. */
  batch: number | null;
}

export const headKinds = [
  'Gemm',
  'MatMul',
  'MatMul+Add',
  'Conv1x1',
  'Einsum',
  'FusedMatMul',
  'MatMulNBits',
  'MatMulInteger',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'QLinearMatMul',
  'QGemm',
  'QLinearConv',
  'none',
] as const;
/** The operator that a head is written with; `none` where a model has no head and its output vector is the features. */
export type HeadKind = (typeof headKinds)[number];

/** The last linear layer: what enters it (`features`, d values) and what leaves it (`logits`, C values). */
export interface Head {
  kind: HeadKind;
  /** Names of the tensors in the graph; `logits` is empty where there is no head. */
  features: string;
  logits: string;
  /** d, without the constant 1 of the bias. */
  dimensions: number;
  /** 0 where there is no head. */
  classes: number;
  /** True if the model's logits are W^T features + b, but for the rounding of its own arithmetic. */
  exact: boolean;
  /** Largest difference of W^T features + b from the model's logits, relative to 1 + the largest logit; null without a head. */
  difference: number | null;
}

/** A picture cut and resized as a model is given it, small enough to be shown. */
export interface PreparedPicture {
  width: number;
  height: number;
  /** Base64 of height x width x 3 bytes. */
  rgb: string;
}

/** What the model itself says of one image. */
export interface PictureLook {
  path: string;
  /** Place of the largest logit, from 0; null where the model has no head. */
  classIndex: number | null;
  /** Left out where the file does not name its classes. */
  className?: string;
  /** By softmax; of one class alone by the logistic function. */
  probability: number | null;
  /** Left out of what a project keeps. */
  picture?: PreparedPicture;
}

/** Whether a provider runs models on this machine, and why not. */
export interface ProviderCheck {
  name: Provider;
  works: boolean;
  reason: string | null;
}

/** Of a model with several outputs that each have a head of their own, or whose output a person has chosen. */
export interface HeadChoice {
  /** The output whose head is used. */
  chosen: string;
  /** Those that can be chosen, that one among them. */
  outputs: string[];
}

export interface ModelDescription {
  input: ModelInput;
  head: Head;
  /** Left out where there is nothing to choose from. */
  heads?: HeadChoice;
  preprocessing: Preprocessing;
  /** Sentences for the person: what was guessed, what was passed over. */
  notes: string[];
  /** Of its own classes, in the order of its logits; left out where the file does not give them. */
  classNames?: string[];
  /** Of a few images of the project; left out where there were none to look at. */
  looks?: PictureLook[];
}

/** Which of the model's own classes is which of the data set's: what its own predictions are read by. */
export interface ClassMatch {
  /** The model's classes in the order of its logits; null where nobody has given them names. */
  names: string[] | null;
  /** How many classes the model tells apart. */
  modelClasses: number;
  /** For each class of the data set, in order, the place of the model's class, from 0; null where it has none. */
  places: (number | null)[];
  /** By equal names, in the same order for want of names, or as a person said. */
  by: 'name' | 'order' | 'person';
}

export const providers = ['cpu', 'cuda', 'dml', 'webgpu', 'coreml'] as const;
export type Provider = (typeof providers)[number];

export interface ProviderRefusal {
  name: Provider;
  reason: string;
}

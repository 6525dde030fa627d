// The element types of ONNX tensors by their numbers in the file format.

export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

export type ElementName = keyof typeof elementTypes;

/** The name of an element type, or "element type 23" for one that has none here. */
export function toElementName(elementType: number): string {
  const found = Object.entries(elementTypes).find(([, number]) => number === elementType);
  return found ? found[0] : `element type ${elementType}`;
}

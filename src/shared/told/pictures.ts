// What is wrong with a picture, and what an extraction came to.
export const pictures = {
  'error.picture': '{{path}}: {{why}}',
  'problem.missing': 'The file is missing.',
  'problem.not-a-file': 'This is not a file.',
  'problem.too-large': 'The file is larger than {{size}} MB.',
  'problem.unreadable': 'The file cannot be read.',
  'problem.too-many-pixels': 'The picture has more than {{millions}} million pixels.',
  'problem.depth': 'Its pixels are numbers of the kind "{{depth}}"; those of 8 or 16 bits can be read.',
  'problem.unknown-format':
    'This is no picture that can be read: it is damaged, or not JPEG, PNG, WebP, GIF, TIFF or AVIF.',
  'problem.damaged': 'The picture is cut short or damaged.',
  'problem.not-finite': 'The model makes no finite numbers of this picture.',
  'problem.crashes': 'The decoder or the model crashes on this picture, so it was left out.',

  'error.images-gone':
    'The images folder {{path}} is not there. Connect its disk or put it back, and extract again; what was done is kept.',
  'error.no-onnx-runtime': 'ONNX Runtime cannot be loaded on this machine: {{cause}}',
  'error.no-decoder': 'The picture decoder (sharp) cannot be loaded on this machine: {{cause}}',
  'error.no-memory': 'There is not enough memory to run the model. Close other programs.',
  'error.uneven-rows': 'The model gives rows of another length for these pictures than for others.',
  'error.model-closed': 'The model was closed before this block was extracted.',
  'error.model-not-open': 'No model is open.',
  'error.no-provider': 'The provider that was asked for does not work here ({{reasons}}). Choose auto or cpu.',
  'because.not-built-in': 'ONNX Runtime for this system is built without it',
  'because.provider-differs': "its results differ from the CPU's by {{difference}} %",
  'because.provider-not-finite': 'it makes no finite numbers where the CPU does',
  'because.no-library':
    "its library, or one that it needs, is not installed; the README says how under 'A box with a GPU'",

  'result.extract_one': 'Features of {{count}} image on {{provider}}, {{rate}} a second.',
  'result.extract_other': 'Features of {{count}} images on {{provider}}, {{rate}} a second.',
  'result.extract-problems_one': '{{count}} could not be read; the overview lists it.',
  'result.extract-problems_other': '{{count}} could not be read; the overview lists them.',
} as const;

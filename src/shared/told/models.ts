// What a model is refused for, and what was found out about it.
export const models = {
  'error.no-model': 'This project has no model yet. Choose its ONNX file first.',
  'error.no-model-file': 'There is no file "{{model}}" at {{path}}.',
  'error.model-no-file': '{{model}} is not a file. Choose an ONNX file.',
  'error.model-too-large': '{{model}} is larger than 2 GB. Save the model with its weights as external data.',
  'error.model-unreadable': '{{model}} cannot be read. Check the permissions of the file.',
  'error.not-onnx': '{{model}} is not an ONNX model, or it is cut short or damaged. Export it again.',
  'error.model-changed': '{{model}} has changed since it was chosen. Choose it again, and extract anew.',
  'error.values-damaged':
    'The model is damaged: "{{tensor}}" has {{found}} values where it should have {{wanted}}. Export it again.',
  'error.weights-missing': 'The model\'s file "{{file}}" is missing. Put it beside the model.',
  'error.weights-no-file': 'The model keeps weights in "{{file}}", which is not a file. Export it again.',
  'error.weights-outside':
    'The model keeps weights in "{{file}}", outside its own folder. Only files beside the model are read.',

  'error.no-input': '{{model}} should have one input, for pictures; it has none.',
  'error.several-inputs': '{{model}} should have one input, for pictures; it has {{inputs}}.',
  'error.input-shape':
    '{{model}} takes "{{input}}" of {{shape}}. Pictures are fed as batch x channels x height x width or batch x height x width x channels, with 1 or 3 channels.',
  'error.input-unknown-shape':
    '{{model}} takes "{{input}}" of unknown shape. Pictures are fed as batch x channels x height x width or batch x height x width x channels, with 1 or 3 channels.',
  'error.input-element': '{{model}} takes {{element}} pictures. Export it with a float32, float16 or uint8 input.',
  'error.no-output': '{{model}} has no output. Export it again.',
  'error.no-head':
    '{{model}} has no head that Second Look understands; its output "{{output}}" comes from {{operators}}. {{why}}',
  'error.no-such-output': '{{model}} has no output "{{output}}"; it has {{outputs}}.',
  'because.several-outputs': 'Its outputs are {{outputs}}; one of them can be chosen as the head (--head).',
  'error.weights-unknown': 'The weights of its {{kind}} are not written in the file.',
  'error.trial-not-finite': 'It makes no finite numbers of made-up pictures: it is damaged. Export it again.',
  'error.no-vector':
    'Its output "{{output}}" is {{shape}} for {{pictures}} pictures, not one vector for each: it may be a detector or a segmentation. Choose an image classifier, or a model that gives one vector.',
  'error.head-differs': 'The {{kind}} before its output does not make its logits; they differ by {{difference}} %.',
  'error.head-no-vector': 'The {{kind}} before its output does not make its logits of one vector for each picture.',
  'error.not-rows':
    'The model gives "{{output}}" as {{shape}} for {{pictures}} images; a row of numbers for each was expected.',
  'error.cannot-run': '{{subject}} cannot be run: {{why}}',
  'subject.repaired': 'The repaired {{model}}',
  'because.runtime-says': 'ONNX Runtime says: {{message}}. Export it again.',
  'because.input-too-large': 'its input is larger than memory. Export it for fewer or smaller pictures.',
  'because.unknown-operator':
    'ONNX Runtime does not know its operator {{operator}} in this version of ONNX. Export it for another operator set, and without operators of your own.',
  'because.newer-onnx':
    'it is of a newer ONNX version ({{version}}) than ONNX Runtime reads. Export it for an older one.',

  'error.whole-bytes': 'This model takes whole bytes: range 0-255, mean 0 and std 1 are fixed.',
  'error.picture-size': 'The model takes pictures of {{wanted}}, not {{given}}.',
  'error.shortest-side':
    'A shortest side of {{side}} is less than the {{size}} that are cut out of it. Give {{least}} or more, or none to stretch.',
  'error.channel-order': 'The model takes {{channels}} channels; {{order}} has {{given}}.',
  'error.channel-values': 'The model takes {{channels}} channels; {{name}} has {{given}} values.',

  'about.from-file': 'The file itself says how its pictures are prepared: {{fields}}.',
  'about.size':
    'The model leaves the size of its pictures open: {{side}} is assumed. If it was trained with another, set width and height (--size).',
  'about.bytes': 'The model takes bytes and scales them itself.',
  'about.scales-bytes': 'The model itself scales its pixels; they are given to it as 0 to 255.',
  'about.scales-unit': 'The model itself scales its pixels; they are given to it as 0 to 1.',
  'about.scaling':
    'The file does not say how pixels are scaled: 0 to 1 is assumed, without mean and std. If the model was trained otherwise, set range, mean and std.',
  'about.channels': 'The file does not say the order of the channels: RGB is assumed.',
  'about.order': 'The order of the means in the model says that it takes {{order}}.',
  'about.other-output': 'The output "{{output}}" is passed over: another leads to the head.',
  'about.other-head':
    'The output "{{output}}" has a head of its own, which is not used; it can be chosen as the head (--head).',
  'about.batch_one': 'The model takes exactly {{count}} picture at a time, which is slower than many.',
  'about.batch_other': 'The model takes exactly {{count}} pictures at a time, which is slower than many.',
  'about.no-head':
    'The model has no head: the {{dimensions}} values of its output "{{output}}" are taken as features, and a head is fitted on them.',
  'about.not-linear':
    "Its head is not linear: a {{activation}} stands behind the classifier. What is fitted leaves it out, so its logits are not the model's own (on {{where}} head and model differ by at most {{difference}} of the largest logit).",
  'about.head-read_one':
    'The head was read from the file: {{dimensions}} features, {{count}} class; on {{where}} head and model differ by at most {{difference}} of the largest logit.',
  'about.head-read_other':
    'The head was read from the file: {{dimensions}} features, {{count}} classes; on {{where}} head and model differ by at most {{difference}} of the largest logit.',
  'about.head-probed_one':
    'The head was found by running it on each of its {{dimensions}} features alone: {{dimensions}} features, {{count}} class; on {{where}} head and model differ by at most {{difference}} of the largest logit.',
  'about.head-probed_other':
    'The head was found by running it on each of its {{dimensions}} features alone: {{dimensions}} features, {{count}} classes; on {{where}} head and model differ by at most {{difference}} of the largest logit.',
  'where.made-up': 'made-up pictures',
  'where.made-up-and-yours': 'made-up pictures and {{pictures}} of yours',
  'about.probabilities':
    'They are probabilities, of which little can be learned: export the model so that it ends in its last linear layer, or with what enters that as an output.',
  'about.plain-output':
    'The output "{{output}}" is a table from names to probabilities; it is read, and exported, as the probabilities alone.',
  'about.providers':
    'The features come from {{providers}}: what two providers compute differs a little, and only a new project has all from one.',
  'about.rounds': 'The model rounds inside its head; what is fitted does not.',

  'error.class-names':
    "The model tells {{classes}} classes apart, and {{names}} names were given. Give a name a line, in the order of the model's outputs.",
  'error.class-places': 'The data set has {{classes}} classes, not {{places}}.',
  'error.class-place': 'The model tells {{classes}} classes apart; they are counted from 0.',
  'error.class-twice': 'Two classes of the data set cannot be the same class of the model.',
} as const;

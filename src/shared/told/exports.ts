// Files that are written for the person.
export const exports = {
  'error.no-labels': 'This project has no labels yet. Import them first.',
  'error.name-with-slashes': '{{name}} is not a file name. Leave out the slashes.',
  'error.target-exists':
    '{{path}} exists already, and Second Look does not overwrite files. Choose another name or folder.',
  'error.target-full': 'The disk is full, so {{path}} could not be written. Free some space and try again.',
  'error.target-not-written': '{{path}} could not be written. Choose a folder that exists and that you may write to.',
  'error.no-pace': '{{reviewer}} has decided nothing in this project yet.',
  'error.repaired-differs':
    "The repaired model's logits differ from the fit's by {{difference}} %, so it was not kept. Extract the features again, fit, and export.",
  'error.repaired-full': 'The disk is full, so {{path}} could not be written. Free some space and export again.',
  'error.repaired-not-written': '{{path}} could not be written. Choose a folder that you may write to.',
  'error.weights-exist':
    'The model keeps weights in "{{file}}", and {{path}} exists already with other content. Choose an empty folder, or the model\'s own.',
  'error.repaired-unchecked':
    'The repaired model could not be checked, for none of the images can be read. See that their folder is there, and export again.',

  'result.labels_one': '{{count}} changed label written to {{path}}.',
  'result.labels_other': '{{count}} changed labels written to {{path}}.',
  'result.test-labels_one': '{{count}} verdict on test labels written to {{path}}.',
  'result.test-labels_other': '{{count}} verdicts on test labels written to {{path}}.',
  'result.pace': 'The pace of {{reviewer}} was written to {{path}}.',
  'result.model':
    "The model with the head fitted at lambda {{lambda}} for {{classes}} classes is written to {{path}}. On {{images}} images its logits differ from the fit's by {{difference}} of the largest at most.",
  'result.weights-beside': 'Its weights lie beside it: {{files}}.',
  'about.later-labels_one':
    'The fit is from before the last {{count}} change of a label; retrain and export again to have it in the model.',
  'about.later-labels_other':
    'The fit is from before the last {{count}} changes of labels; retrain and export again to have them in the model.',
  'about.softmax': 'Its Sigmoid became a Softmax: the head was fitted to classes of which one is right.',
  'about.widened': 'Its output was one number for each picture and is {{classes}} now, one for each class.',
  'about.rounding-left-out': 'The rounding of its logits was left out: its steps were made for the old head.',
} as const;

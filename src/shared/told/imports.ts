// What an import is refused for, and what of a folder or a label file could not be used.
export const imports = {
  'error.no-images': 'This project has no images yet. Import them first.',
  'error.other-images': 'This project has its images in {{before}}. Make a new project for {{now}}.',
  'error.no-labelled-image': 'No labelled image was found in {{folder}}. {{why}}',
  'because.expected-labels': 'Expected one folder per class, or a label file.',
  'error.folder-unreadable': '{{folder}} cannot be read. Choose a folder that you may read.',
  'error.file-unreadable': '{{file}} cannot be read. Choose a file that is there and that you may read.',
  'error.file-empty': '{{file}} is empty. Choose a file with a header and labels.',
  'error.file-not-utf8': '{{file}} is not UTF-8 text. Save it as "CSV UTF-8" and try again.',
  'error.no-column': '{{file}} has no column "{{column}}". Its columns are: {{columns}}.',
  'error.which-path':
    'It is not clear which column of {{file}} holds the path of the image. Its columns are: {{columns}}. Choose one of them.',
  'error.which-label':
    'It is not clear which column of {{file}} holds the label. Its columns are: {{columns}}. Choose one of them.',

  'problem.open-quote': 'Line {{line}}: a quote opens and never closes; from there on nothing could be read.',
  'problem.cells':
    'Line {{line}} has {{found}} cells where the header has {{wanted}}; a cell with a delimiter needs quotes.',
  'problem.no-path': 'Line {{line}} has no path.',
  'problem.no-label': 'Line {{line}} has no label.',
  'problem.split': 'Line {{line}} names the split "{{split}}"; known are train, test, val and ignored.',
  'problem.path-outside': 'Line {{line}}: this path leads out of the images folder.',
  'problem.path-missing': 'Line {{line}}: this path is not in the images folder.',
  'problem.repeated': 'Line {{line}} repeats line {{first}}; the image is counted once.',
  'problem.contradicted': 'Line {{line}} says {{label}} where line {{first}} says {{counts}}; line {{first}} counts.',
  'problem.beside-train': 'This folder lies beside train and is itself no split, so it was left out.',
  'problem.not-a-picture': 'This is not a picture, so it was left out.',
  'problem.no-class': 'This picture lies in no class folder, so it has no label.',
  'problem.linked-folder': 'This is a link to a folder; links are not followed. Put the folder itself here.',
  'problem.linked-outside': 'is a link that leads out of the images folder',

  'result.import_one': '{{train}} train and {{test}} test images in {{count}} class.',
  'result.import_other': '{{train}} train and {{test}} test images in {{count}} classes.',
  'result.import-problems_one': '{{count}} problem; the overview lists it.',
  'result.import-problems_other': '{{count}} problems; the overview lists them.',

  'error.no-truth': '{{file}} tells the true label of no image of this project.',
  'left-out.labels': 'Rows whose label is no class of this project: {{rows}} ({{first}}).',
  'left-out.paths': 'Rows whose path is no image of this project: {{rows}} ({{first}}).',
  'left-out.rows': 'Rows that could not be used: {{rows}} ({{why}}).',
  'left-out.rows-more': 'Rows that could not be used: {{rows}} ({{why}} ...).',
} as const;

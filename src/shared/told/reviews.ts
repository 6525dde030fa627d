// Decisions on images, and images that look alike.
export const reviews = {
  'error.no-ranking': 'There is no ranking yet. Fit the head first.',
  'error.not-train': '{{path}} is not in the train split, and only train images are reviewed.',
  'error.not-test': 'Image {{image}} is not in the test split. Train images are decided in Review.',
  'error.relabel-to': 'A relabel needs one of the classes of this project.',
  'error.decided-since':
    "Image {{image}} has been decided again since by somebody else, so this can't be taken back. Decide it anew instead.",
  'error.no-image': 'There is no image {{image}} in this project.',
  'error.no-path': '{{path}} is not an image of this project.',
  'error.no-class': 'This project has {{classes}} classes, so there is no class {{class}}.',

  'result.duplicates':
    '{{equal}} groups of equal files and {{near}} of nearly equal pictures, {{across}} of them across train and test.',
  'result.bake-off': 'Compared {{rankings}} rankings on {{verdicts}} verdicts.',
  'result.too-few': 'There are too few verdicts to compare rankings by.',
} as const;

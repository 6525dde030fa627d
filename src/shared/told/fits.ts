// Fits, rankings and explanations.
export const fits = {
  'error.no-features': 'Not all images have features yet. Run the extraction (it resumes where it stopped) first.',
  'error.features-not-loaded': 'No features are loaded; run the extraction first.',
  'error.features-memory':
    'The features need {{size}} GB of memory, more than this machine gives; use fewer images or a model with fewer features.',
  'error.no-fit': 'There is no fit yet. Fit the head first.',
  'error.fit-not-loaded': 'No fit is loaded; fit the head first.',
  'error.no-start': 'There is no fit to start from. Fit the head first.',
  'error.no-imitation': 'No fit imitates the given model yet. Fit the head with the model as its target first.',
  'error.weights-of-others': 'These weights belong to other features; fit the head again.',
  'error.fit-of-others': 'The saved fit belongs to other features; fit the head again.',
  'error.one-class': 'All images of this project are labelled {{label}}. It takes two classes to tell wrong labels.',
  'error.nothing-to-fit': 'No train image has both a label and features, so there is nothing to fit.',
  'error.nothing-to-imitate': 'No train image has features, so there is nothing to fit.',
  'error.more-classes':
    'The last fit knows {{before}} classes, and by now there are {{now}}. Fit the head again, and go on from there.',
  'error.unmatched-classes':
    'The model tells {{classes}} classes apart, and {{unknown}} of the data set\'s {{all}} are not among them by name ("{{name}}" for one), so its own predictions cannot be explained by these images. Match the classes, or fit the labels instead.',
  'error.wrongly-matched':
    "The model predicts the given label of {{share}} % of the train images, hardly more than by chance, so its classes are not the data set's as they are matched now. Match the model's classes.",

  'error.single-image': 'Lambda cannot be chosen from a single train image; give it as a number.',
  'error.lambda-not-positive': 'Lambda must be a number above zero; {{lambda}} is not.',
  'error.lambda-range': 'Lambda must lie between {{least}} and {{greatest}}; {{lambda}} does not.',
  'error.lambda-of-labels':
    'Lambda is chosen by the given labels, which a fit of the model does not use; give it as a number.',
  'error.lambda-too-small':
    'Lambda {{lambda}} is too small to tell what a fit without an image would say; fit again with a larger one.',
  'error.tolerance': 'The tolerance must be a number above zero; {{tolerance}} is not.',
  'error.features-not-finite':
    'The model gave features that are not finite numbers for {{broken}} of {{images}} train images; check its preprocessing, or exclude them.',
  'error.features-too-large': 'The features are too large to be fitted as they are; have them scaled to unit size.',

  'result.fit':
    'Fitted in {{seconds}} s at lambda {{lambda}}: every logit is its representer sum to within {{share}} of the typical logit.',
  'result.fit-short':
    'Fitted in {{seconds}} s at lambda {{lambda}}: the representer sums are off by up to {{share}} of the typical logit, more than the {{tolerance}} asked for; a larger lambda can be certified more tightly.',
  'result.fit-accuracy': 'Test accuracy {{accuracy}}.',
  'result.fit-agreement': 'Predicts as the model does on {{share}} of the train images.',
  'result.fit-on-cpu': 'It ran on the CPU, for {{provider}} cannot be used for it: {{why}}.',
  'because.few-digits': 'its gradient is off by {{difference}}, too much for a fit that is to be certified',
  'because.slow-device': 'it takes {{times}} times as long as the CPU',
  'because.never-twice': 'it does not give the same numbers twice',
  'result.rank': 'Ranked by {{rankings}}.',

  'error.same-class': 'A class cannot be compared with itself; name another one.',
  'error.not-explained':
    'The model gave features that are not finite numbers for this image, so its logits cannot be explained.',
  'error.empty-cell': 'No test image is in this cell of the confusion matrix.',
} as const;

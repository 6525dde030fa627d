// Runs, recovery and experiments.
export const runs = {
  'error.no-test': 'There are no test images with features, so there is no accuracy to measure. Import a test split.',
  'error.no-test-images': 'There are no test images with features, so there is no accuracy to measure.',
  'error.no-run': 'There is no run {{run}} of the current model. "runs" lists them.',
  'error.no-run-to-report': 'There is no run to report. Fit the head on a project with test images first.',
  'error.start-is-gone': 'The fit that run {{run}} began with is not in this project any more.',
  'error.not-turned': 'Runs {{before}} and {{after}} predict the same class for that image.',
  'error.run-older': 'Run {{run}} is older than one of the two classes, so there is nothing to compare.',
  'error.not-measured': 'Run {{run}} has measured no such test image.',

  'result.retrain': 'Test accuracy {{before}} before, {{after}} now ({{points}} points).',
  'result.recovery': 'Test accuracy {{from}} before the first decision, {{to}} after {{decisions}}.',
  'result.reproduced':
    'Run {{run}} was reproduced: all {{images}} predictions are the same, and alpha is within the certificate.',
  'result.not-reproduced':
    'Run {{run}} was not reproduced: {{others}} of {{images}} predictions differ, and alpha by up to {{difference}} of at most {{bound}}.',
  'result.report': 'The report was written to {{path}}.',

  'error.no-experiment': 'Job {{job}} is no experiment that is done.',
  'error.nothing-to-try': 'There is no labelled train image to experiment on.',
  'error.truth-of-none': '{{file}} tells the true label of no train image of this project.',
  'error.no-label-wrong': 'No label is wrong: there is nothing to find.',
  'error.every-label-wrong': 'Every label is wrong: no ranking can tell them from right ones.',
  'result.experiment_one': 'Compared {{rankings}} rankings over {{count}} seed at lambda {{lambda}}.',
  'result.experiment_other': 'Compared {{rankings}} rankings over {{count}} seeds at lambda {{lambda}}.',
} as const;

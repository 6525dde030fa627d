// The commands and their options; what each does is in `commands/`.
import { Command, Option } from 'commander';
import { z } from 'zod';
import {
  coreContract,
  ExperimentSchema,
  ExtractSchema,
  FitSchema,
  Id,
  ImportSchema,
  Listed,
  PreprocessingSchema,
  RecoverySchema,
} from '../../shared/core-contract.ts';
import { evidenceOrders, fitTargets, modelOutputs } from '../../shared/fit.ts';
import { channelOrders, pixelRanges, providers } from '../../shared/model.ts';
import { rankingMethods } from '../../shared/ranking.ts';
import { decide, exportProject, type ExportOptions } from './commands/decisions.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { experiment, type ExperimentOptions } from './commands/experiment.ts';
import { explain, type ExplainOptions } from './commands/explain.ts';
import { fit, rank, retrain, type FitOptions, type RankOptions } from './commands/fit.ts';
import { duplicates, testLabels, type TestLabelsOptions } from './commands/hygiene.ts';
import { importImages, type ImportOptions } from './commands/import.ts';
import { extract, setModel, type ExtractOptions, type ModelOptions } from './commands/model.ts';
import { report, runs, type ReportOptions, type RunsOptions } from './commands/runs.ts';
import { serve, type ServeOptions } from './commands/serve.ts';
import { readEach, readMethods, valueOption } from './options.ts';
import { openSession, type Session } from './session.ts';

/** What a command came to: one JSON object, or the same in lines for a person. */
export interface Answer {
  json: object;
  lines: string[];
}

type Work<Options> = (session: Session, project: string, options: Options) => Promise<Answer>;

/** Errors of usage are thrown as CommanderError, failures as AppError. */
export function createProgram(): Command {
  const program = new Command('second-look')
    .description('Find the wrong labels that hurt your model, fix them, and see the accuracy come back.')
    .exitOverride();

  const add = <Options extends object>(name: string, description: string, work: Work<Options>): Command =>
    program
      .command(`${name} <project>`)
      .description(description)
      .option('--json', 'print one JSON object')
      .action(async (project: string, options: Options & { json?: boolean }) => {
        const session = openSession();
        try {
          print(await work(session, project, options), options.json === true);
        } finally {
          await session.close();
        }
      });

  add<ImportOptions>('import', 'create the project from images and labels', importImages)
    .requiredOption('--images <dir>', 'folder of the images')
    .requiredOption('--labels <file>', 'a CSV file, or "folders" for one folder per class')
    .addOption(new Option('--format <format>', 'format of the label file').choices(['csv']))
    .option('--path-column <name>')
    .option('--label-column <name>')
    .option('--split-column <name>')
    .addOption(
      valueOption('--test-fraction <share>', 'test split where the labels name none', ImportSchema.shape.testFraction),
    )
    .addOption(valueOption('--seed <number>', 'for the test split', ImportSchema.shape.seed));

  add<ModelOptions>('model', 'inspect an ONNX file, find its head and set how pictures enter it', setModel)
    .requiredOption('--onnx <file>')
    .addOption(valueOption('--size <pixels>', 'width and height of the input', PreprocessingSchema.shape.width))
    .addOption(
      valueOption(
        '--shortest-side <pixels>',
        'scale to this and cut out the centre, instead of stretching',
        PreprocessingSchema.shape.shortestSide,
      ),
    )
    .option('--mean <r,g,b>', 'subtracted per channel', readEach(PreprocessingSchema.shape.mean.element))
    .option('--std <r,g,b>', 'divided by per channel', readEach(PreprocessingSchema.shape.std.element))
    .addOption(new Option('--range <range>', 'of the pixel values before mean and std').choices([...pixelRanges]))
    .addOption(new Option('--channels <order>').choices([...channelOrders]))
    .option('--head <output>', 'the output whose head is used, of a model with several')
    .option('--classes <file>', "names of the model's own classes, a line each in the order of its outputs");

  add<ExtractOptions>('extract', 'run the model over all images that lack features', extract)
    .addOption(new Option('--provider <name>').choices(['auto', ...providers]).default('auto'))
    .addOption(valueOption('--batch <images>', 'images in one run of the model', ExtractSchema.shape.batch));

  add<FitOptions>('fit', 'fit the head with L2 to a stationary point, certified', fit)
    .addOption(valueOption('--lambda <number>', '"auto" or a number', FitSchema.shape.lambda))
    .addOption(new Option('--feature-scale <scale>').choices(['unit', 'none']).default('unit'))
    .addOption(valueOption('--tolerance <share>', 'largest logit error over the RMS logit', FitSchema.shape.tolerance))
    .addOption(
      new Option('--target <target>', 'what the fit learns: the labels, or the given model so as to explain it')
        .choices([...fitTargets])
        .default('labels'),
    )
    .addOption(
      new Option('--output <kind>', 'what that model makes of its logits')
        .choices([...modelOutputs])
        .default('softmax'),
    );

  add<RankOptions>('rank', 'list the train images in order of suspicion', rank)
    .addOption(new Option('--method <method>').choices([...rankingMethods]).default('learned'))
    .addOption(valueOption('--top <images>', 'how many', z.int().nonnegative().optional()))
    .option('--bake-off', 'compare all methods on the verdicts so far instead');

  add<ExplainOptions>('explain', 'the training images behind predictions; alone, the test errors', explain)
    .option('--image <path...>', 'path as in the project; of several the sums are explained')
    .addOption(
      new Option('--cell <true,predicted>', 'the test images of one class that are predicted as another').conflicts([
        'image',
        'class',
        'against',
        'order',
      ]),
    )
    .option('--class <name>', 'the predicted one where left out')
    .option('--against <name>', 'explain the difference to the logit of this class')
    .addOption(new Option('--order <order>', 'of the points').choices([...evidenceOrders]).default('raw'))
    .addOption(new Option('--target <target>', 'which fit to explain').choices([...fitTargets]).default('labels'))
    .addOption(
      valueOption('--top <images>', 'how many of each sign; of a cell, how many inhibitory ones', Listed.default(5)),
    );

  add<{ from: string; reviewer?: string }>(
    'decide',
    'apply decisions from a CSV: path,label or path,action,label',
    decide,
  )
    .requiredOption('--from <file>')
    .option('--reviewer <name>');

  add<ExperimentOptions>('experiment', 'compare rankings on labels that were made wrong', experiment)
    .addOption(valueOption('--flip <share>', 'share of the labels to make wrong', ExperimentSchema.shape.flip))
    .addOption(new Option('--noise <kind>', 'how').choices(['symmetric', 'pairs']).default('symmetric'))
    .option('--truth <file>', 'CSV of the true labels instead: path,label')
    .option('--methods <a,b>', 'rankings to compare', readMethods, [
      'suspicion',
      'importance',
      'self-influence',
      'random',
    ])
    .addOption(valueOption('--seeds <number>', 'how many', ExperimentSchema.shape.seeds))
    .option(
      '--checked <shares>',
      'shares after which to measure',
      readEach(ExperimentSchema.shape.checked.unwrap().element),
      [0.05, 0.1, 0.2, 0.4],
    )
    .addOption(
      new Option('--features <which>', 'of the model, or the pixels').choices(['head', 'pixels']).default('head'),
    )
    .addOption(valueOption('--lambda <number>', '"auto" or a number', ExperimentSchema.shape.lambda))
    .option('--out <folder>', 'where experiment.csv and experiment.png go');

  add('retrain', 'fit on the labels as they are now, and measure on the test split', retrain);
  add<RunsOptions>(
    'runs',
    'list the runs, look into one, compare two, make one again, or draw the recovery curve',
    runs,
  )
    .addOption(valueOption('--measure <run>', 'log-loss, calibration, confusion and each class of a run', Id))
    .option('--compare <runs>', 'which test images turned between two runs, as in 1,4', readEach(Id))
    .option('--image <path>', 'with --compare: the changed labels that turned this test image')
    .addOption(
      valueOption('--reproduce <run>', 'fit again from the record, and say whether the numbers are the same', Id),
    )
    .option('--recovery', 'test accuracy over the decisions made and the time that they took')
    .option('--class <name>', 'with --recovery: of the test images of this class alone')
    .addOption(
      valueOption(
        '--steps <number>',
        'with --recovery: into how many the decisions are cut',
        RecoverySchema.shape.steps,
      ),
    )
    .addOption(
      valueOption('--orders <number>', 'with --recovery: random orders beside it', RecoverySchema.shape.orders),
    )
    .option('--truth <file>', 'with --recovery: CSV of the true labels, path,label');

  add<TestLabelsOptions>(
    'test-labels',
    'the test labels that the fit speaks against, and the accuracy with those corrected',
    testLabels,
  )
    .addOption(valueOption('--top <images>', 'how many', coreContract['testLabels.list'].params.shape.count))
    .option('--from <file>', 'apply verdicts on test labels instead: CSV path,label or path,action,label')
    .option('--reviewer <name>', 'with --from');
  add('duplicates', 'equal files and nearly equal pictures, within and across the splits', duplicates);

  add<ReportOptions>('report', 'write what the decisions bought: one file that opens anywhere', report)
    .addOption(new Option('--format <format>').choices(['html', 'json']).default('html'))
    .requiredOption('--out <file>', 'a file that does not exist yet');

  add<ExportOptions>('export', 'write the corrected labels, or the model with the fitted head', exportProject)
    .addOption(
      new Option(
        '--format <format>',
        'csv: the labels; onnx: the model; test-labels: the verdicts on test labels; pace: your own, as .csv or .json',
      )
        .choices(['csv', 'onnx', 'test-labels', 'pace'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'a file that does not exist yet');

  program
    .command('serve [project]')
    .description('serve the app on this machine alone and print its address')
    .addOption(valueOption('--port <number>', '0 for any free one', z.int().min(0).max(65_535).default(0)))
    .option('--root <dir...>', 'folders that the page may open')
    .action((project: string | undefined, options: ServeOptions) => serve(project, options));

  program
    .command('doctor')
    .description('which execution providers work on this machine, and why the others do not')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const session = openSession();
      try {
        print(await doctor(session), options.json === true);
      } finally {
        await session.close();
      }
    });

  program
    .command('demo')
    .description('the whole main job on a sample, with a simulated reviewer who knows the planted truth')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const session = openSession();
      try {
        print(await demo(session), options.json === true);
      } finally {
        await session.close();
      }
    });

  return program;
}

function print({ json, lines }: Answer, asJson: boolean): void {
  console.log(asJson ? JSON.stringify(json) : lines.join('\n'));
}

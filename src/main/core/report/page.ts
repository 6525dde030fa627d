// The report as one HTML file: nothing is fetched, nothing runs, and every text that came with the data is escaped.
import type { Measured, Proportion, Run } from '../../../shared/runs.ts';
import type { Report } from './collect.ts';
import { html, Markup } from './markup.ts';
import { plotReliability } from './plots.ts';
import { recovery } from './recovery.ts';
import { reportStyle } from './style.ts';
import { bound, duration, interval, percent, points, pValue, table } from './writing.ts';

/** Pairs of classes that are listed. */
const mostPairs = 20;

export function toPage(report: Report): string {
  const { project, createdAt } = report;
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${project}: what the fixes bought</title>
        <style>
          ${new Markup(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${project}</h1>
            <p class="muted">
              What the fixes bought. Written by Second Look on ${createdAt.slice(0, 10)} at ${createdAt.slice(11, 16)}
              UTC.
            </p>
          </header>
          ${gain(report)} ${recovery(report)} ${noise(report)} ${examples(report)} ${classes(report)}
          ${calibration(report)} ${runs(report)} ${making(report)}
        </main>
      </body>
    </html> `.html;
}

function gain({ before, after, pairedTest, difference, decisions }: Report): Markup {
  const { states, changedLabels, secondsSpent } = decisions;
  const decided = states.kept + states.relabelled + states.excluded + states.unsure;
  return html`<section class="figures">
    ${figure('Test accuracy', before.id === after.id ? percent(after.accuracy.value) : `${percent(before.accuracy.value)} → ${percent(after.accuracy.value)}`, difference ? `${points(difference.value)} points, 95 % interval ${difference.interval.map(points).join(' to ')}; before ${interval(before.accuracy)}, now ${interval(after.accuracy)}` : `95 % interval ${interval(after.accuracy)}, on ${after.testImages} images`)}
    ${figure('Paired test', pairedTest ? pValue(pairedTest.pValue) : '–', pairedTest ? `${pairedTest.turnedRight} test images turned right, ${pairedTest.turnedWrong} turned wrong (McNemar, exact)` : 'Needs a second run.')}
    ${figure('Labels changed', String(changedLabels), `of ${decided} decided${secondsSpent === null ? '' : ` in ${duration(secondsSpent)}`}; ${states.open} train images are open`)}
  </section>`;
}

const figure = (title: string, value: string, sentence: string): Markup =>
  html`<div class="card">
    <h2 class="minor">${title}</h2>
    <p class="value">${value}</p>
    <p class="muted">${sentence}</p>
  </div>`;

function noise({ decisions: { pairs, byClass, byReviewer, errorsLeft } }: Report): Markup {
  const left = errorsLeft?.left;
  return html`<section>
    <h2>Noise that was found</h2>
    ${
      pairs.length === 0
        ? html`<p>No label was changed.</p>`
        : table(
            ['Label as imported and now', 'Images'],
            pairs
              .slice(0, mostPairs)
              .map(({ from, to, images }) => [`${from} → ${to ?? '(excluded)'}`, String(images)]),
          )
    }
    ${pairs.length > mostPairs ? html`<p class="muted">and ${pairs.length - mostPairs} rarer pairs</p>` : ''}
    ${left ? html`<p>An estimated ${Math.round(left.value)} wrong labels are left (${Math.round(left.interval[0])} to ${Math.round(left.interval[1])}, nine times in ten).</p>` : ''}
    <h3>Decisions by class</h3>
    ${table(
      ['Label as imported', 'Kept', 'Relabelled', 'Excluded', 'Unsure', 'Open'],
      byClass.map((row) => [row.label, ...[row.kept, row.relabelled, row.excluded, row.unsure, row.open].map(String)]),
    )}
    <h3>Decisions by reviewer</h3>
    ${table(
      ['Reviewer', 'Decisions', 'Labels changed', 'Time'],
      byReviewer.map(({ reviewer, decisions, changes, seconds }) => [
        reviewer,
        String(decisions),
        String(changes),
        seconds === null ? '–' : duration(seconds),
      ]),
    )}
  </section>`;
}

function examples({ examples: list }: Report): Markup {
  if (list.length === 0) return html``;
  return html`<section>
    <h2>Labels that were fixed</h2>
    <div class="tiles">
      ${list.map(
        ({ path, from, to, picture }) =>
          html`<figure class="tile">
            ${picture === null ? html`<div class="broken muted">the picture cannot be read</div>` : html`<img src="${picture}" alt="" />`}
            <figcaption><s>${from}</s> → ${to}<span class="path">${path}</span></figcaption>
          </figure>`,
      )}
    </div>
  </section>`;
}

function classes({ before, afterMeasures, dataSet }: Report): Markup {
  const correctOf = (run: Run, classId: number) => run.perClass.find((each) => each.classId === classId);
  const share = (run: Run, classId: number) => {
    const counts = correctOf(run, classId);
    return counts && counts.images > 0 ? percent(counts.correct / counts.images) : '–';
  };
  const isShown = new Map(afterMeasures.perClass.map((each) => [each.classId, each]));
  const estimate = (measured: Proportion | null | undefined) =>
    measured ? `${percent(measured.value)} (${interval(measured)})` : '–';
  return html`<section>
    <h2>Classes</h2>
    ${table(
      ['Class', 'Train', 'Test', 'Recall before', 'Recall now', 'Precision now'],
      dataSet.classes.map(({ id, name, train, test }) => [
        name,
        String(train),
        String(test),
        share(before, id),
        estimate(isShown.get(id)?.recall),
        estimate(isShown.get(id)?.precision),
      ]),
    )}
  </section>`;
}

function calibration({ afterMeasures, beforeMeasures, before, after }: Report): Markup {
  const measured = before.id === after.id ? [afterMeasures] : [beforeMeasures, afterMeasures];
  const share = (of: Measured) => `${percent(of.value)} (${interval(of)})`;
  const bins = [...new Set(measured.flatMap(({ reliability }) => reliability.map(({ from }) => from)))].sort();
  return html`<section>
    <h2>Calibration</h2>
    <div class="beside">
      ${measured.map(
        (measures) =>
          html`<div class="keep">
            <h3>Run ${measures.runId}</h3>
            ${plotReliability(measures, `Run ${measures.runId}: share that is right over the probability of the predicted class`)}
          </div>`,
      )}
    </div>
    ${table(
      ['', ...measured.map(({ runId }) => `Run ${runId}`)],
      [
        ['Balanced accuracy', ...measured.map(({ balancedAccuracy }) => share(balancedAccuracy))],
        [
          'Log-loss',
          ...measured.map(({ logLoss: { value, interval: ends } }) => {
            const [low, high] = ends.map((end) => end.toFixed(3));
            return `${value.toFixed(3)} (${low} to ${high})`;
          }),
        ],
        ['Expected calibration error', ...measured.map(({ calibrationError }) => share(calibrationError))],
      ],
    )}
    <p class="muted">Intervals are 95 %, by bootstrap over the test images.</p>
    <h3>Test images by the probability of their predicted class</h3>
    ${table(
      ['Probability', ...measured.flatMap(({ runId }) => [`Run ${runId}: images`, 'mean probability', 'right'])],
      bins.map((from) => {
        const to = measured.flatMap(({ reliability }) => reliability).find((bin) => bin.from === from)!.to;
        const cells = measured.flatMap(({ reliability }) => {
          const bin = reliability.find((each) => each.from === from);
          if (!bin) return ['0', '–', '–'];
          return [String(bin.images), percent(bin.confidence), share(bin.accuracy)];
        });
        return [`${from.toFixed(1)} to ${to.toFixed(1)}`, ...cells];
      }),
    )}
  </section>`;
}

const runs = ({ runs: list }: Report): Markup =>
  html`<section>
    <h2>Runs</h2>
    ${table(
      ['Run', 'Made', 'Decisions', 'Labels changed', 'Test accuracy', '95 % interval', 'Certificate', 'Fit'],
      list.map((run) => [
        String(run.id),
        new Date(run.createdAt).toISOString().slice(0, 16).replace('T', ' '),
        String(run.decisions),
        String(run.changedLabels),
        percent(run.accuracy.value),
        interval(run.accuracy),
        bound(run.certificate.maxLogitError),
        `${run.seconds.toFixed(1)} s`,
      ]),
    )}
  </section>`;

function making({ dataSet, model, certificate, after, versions }: Report): Markup {
  const { images, problems } = dataSet;
  const { preprocessing, head, notes } = model.description;
  const { width, height, shortestSide, channels, range, mean, std } = preprocessing;
  const facts: [string, string][] = [
    [
      'Images',
      `${images.train} train, ${images.test} test, ${images.ignored} ignored; ${dataSet.classes.length} classes; ${problems} problems`,
    ],
    ['Model', `${model.name}, SHA-256 ${model.sha256}`],
    ['Head', head.kind === 'none' ? `none; ${head.dimensions} features` : `${head.kind}, ${head.dimensions} features`],
    [
      'Preprocessing',
      `${width} × ${height}${shortestSide === null ? ', stretched' : `, from the centre of ${shortestSide}`}, ${channels}, range ${range}, mean ${mean.join(', ')}, std ${std.join(', ')}`,
    ],
    [
      'Features from',
      `${model.provider ?? 'cpu'}${model.providersTried.map(({ name, reason }) => `; ${name} was not used: ${reason}`).join('')}`,
    ],
    ...(notes.length > 0 ? ([['Notes', notes.join(' ')]] satisfies [string, string][]) : []),
    [
      'Fit',
      `lambda ${after.lambda} (${after.record.lambdaChosen}), features ${after.record.featureScale}, tolerance ${percent(after.record.tolerance)}`,
    ],
    [
      'Certificate',
      `every logit of a train image is its representer sum to within ${bound(certificate.maxLogitError)}, where a typical logit is ${certificate.logitRms.toPrecision(2)}; gradient norm ${certificate.gradientNorm.toExponential(1)}, duality gap ${certificate.dualityGap.toExponential(1)}`,
    ],
    ['Labels', `after decision ${after.record.labelsRevision} of the log`],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['To make it again', `second-look runs PROJECT --reproduce ${after.id}`],
  ];
  return html`<section class="keep">
    <h2>What made the last run</h2>
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

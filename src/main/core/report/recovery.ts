// The recovery curve in the report: over decisions, over time, and of each class, beside a random order.
import { describeFall } from '../../../shared/falls.ts';
import { toClean, toSteps } from '../../../shared/recovery-steps.ts';
import type { Report } from './collect.ts';
import { html, type Markup } from './markup.ts';
import { plotRecovery } from './plots.ts';
import { duration, interval, percent, table } from './writing.ts';

/** Classes that are told: those whose share changed most. */
const mostClasses = 20;

export function recovery({ recovery: curve, isRecoveryOlder, falls, dataSet }: Report): Markup {
  if (!curve || curve.points.length < 2)
    return html`<section>
      <h2>Test accuracy over decisions</h2>
      <p class="muted">The curve has not been drawn yet.</p>
    </section>`;
  const nameOf = (classId: number) => dataSet.classes[classId - 1]!.name;
  const { random } = curve;
  const steps = toSteps(curve, null);
  const clean = toClean(curve, null);
  const ends = `${percent(steps[0]!.accuracy.value)} to ${percent(steps.at(-1)!.accuracy.value)}`;
  const isTimed = steps.some(({ secondsSpent }) => secondsSpent !== null);
  const orders = random?.orders === 1 ? 'one order' : `the mean of ${random?.orders} orders`;
  const what = !random
    ? ''
    : random.images === 'all'
      ? `Random order: ${orders} of all train images, each decided with its true label.`
      : `Random order: ${orders} of the images that were reviewed, each with the verdict that it got. It ends where the review does; what a random order of all images would give takes their true labels to know.`;
  return html`<section>
    <h2>Test accuracy over decisions</h2>
    ${plotRecovery(curve, { classId: null, isOverTime: false, label: `Test accuracy over decisions, ${ends}` })}
    <p class="muted">
      The head was refitted after each step of the log. The band is the 95 % interval for the size of the test split.
      ${what} ${isRecoveryOlder ? 'The curve is older than the newest decision or run.' : ''}
    </p>
    ${
      falls.length === 0
        ? ''
        : html`<p>It does not only rise:</p>
            <ul>
              ${falls.map((fall) => html`<li>${describeFall(fall, nameOf)}</li>`)}
            </ul>`
    }
    ${table(
      ['Decisions', 'Labels changed', 'Time', 'Test accuracy', '95 % interval', 'Random order'],
      steps.map((step) => [
        String(step.decisions),
        String(step.changedLabels),
        step.secondsSpent === null ? '–' : duration(step.secondsSpent),
        percent(step.accuracy.value),
        interval(step.accuracy),
        step.random === null ? '–' : percent(step.random),
      ]),
    )}
    ${clean ? html`<p class="muted">With all labels true: ${percent(clean.value)} (${interval(clean)}).</p>` : ''}
    ${
      isTimed
        ? html`<h3>Over time spent</h3>
            ${plotRecovery(curve, { classId: null, isOverTime: true, label: `Test accuracy over time spent, ${ends}` })}
            ${random ? html`<p class="muted">The random order is given the pace of this review.</p>` : ''}`
        : ''
    }
    ${ofClasses(curve, nameOf)}
  </section>`;
}

function ofClasses(curve: NonNullable<Report['recovery']>, nameOf: (classId: number) => string): Markup {
  const tested = curve.classImages.flatMap((images, index) => (images === 0 ? [] : [index + 1]));
  const changeOf = (classId: number) => {
    const index = classId - 1;
    return (
      Math.abs(curve.points.at(-1)!.correct[index]! - curve.points[0]!.correct[index]!) / curve.classImages[index]!
    );
  };
  const told =
    tested.length <= mostClasses ? tested : tested.toSorted((a, b) => changeOf(b) - changeOf(a)).slice(0, mostClasses);
  const share = (value: number) => (value * 100).toFixed(1);
  return html`<h3>Each class over decisions</h3>
    ${table(
      ['Right, in %', ...curve.points.map(({ decisions }) => String(decisions)), ...(curve.clean ? ['all true'] : [])],
      told.map((classId) => {
        const clean = toClean(curve, classId);
        return [
          nameOf(classId),
          ...toSteps(curve, classId).map(({ accuracy, random }) =>
            random === null
              ? share(accuracy.value)
              : html`${share(accuracy.value)}<br /><span class="muted">${share(random)}</span>`,
          ),
          ...(clean ? [share(clean.value)] : []),
        ];
      }),
    )}
    <p class="muted">
      The columns are decisions.${curve.random ? ' Below each share, in grey, that of the random order.' : ''}
      ${told.length < tested.length ? `Of ${tested.length} classes the ${told.length} that changed most; the report as JSON has all.` : ''}
    </p>`;
}

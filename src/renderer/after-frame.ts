/**
 * Returns a call that hands what it was given last to `work` when the frame with what has just changed is on screen: for all
 * that a person does not wait for, so that the next picture is drawn before anything else is.
 */
export function afterFrame<Given>(work: (given: Given) => void): (given: Given) => void {
  let due: { given: Given } | undefined;
  return (given) => {
    const isAsked = due !== undefined;
    due = { given };
    if (isAsked) return;
    requestAnimationFrame(() =>
      setTimeout(() => {
        const { given: last } = due!;
        due = undefined;
        work(last);
      }),
    );
  };
}

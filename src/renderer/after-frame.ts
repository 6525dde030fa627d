import { onDestroy } from 'svelte';

/**
 * For a component: returns a call that hands what it was given last to `work` when the frame with what has just changed is on
 * screen: for all that a person does not wait for, so that the next picture is drawn before anything else is. What is due
 * when the component goes away is left undone.
 */
export function afterFrame<Given>(work: (given: Given) => void): (given: Given) => void {
  let due: { given: Given } | undefined;
  let isGone = false;
  onDestroy(() => (isGone = true));
  return (given) => {
    const isAsked = due !== undefined;
    due = { given };
    if (isAsked) return;
    requestAnimationFrame(() =>
      setTimeout(() => {
        const { given: last } = due!;
        due = undefined;
        if (!isGone) work(last);
      }),
    );
  };
}

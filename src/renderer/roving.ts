// One tab stop for a whole group: arrow keys, Home and End move the focus within it, as rows and columns lie on the screen.
import type { Attachment } from 'svelte/attachments';

/** For the element around the group; `selector` finds its members, of which one is given `tabindex="0"` and the others `-1`. */
export const roving =
  (selector: string): Attachment<HTMLElement> =>
  (group) => {
    const members = () => [...group.querySelectorAll<HTMLElement>(selector)];

    function onkeydown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const all = members();
      const at = all.findIndex((member) => member === document.activeElement);
      const next = at < 0 ? undefined : all[findNext(event.key, at, all)];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }

    function onfocusin({ target }: FocusEvent): void {
      const all = members();
      if (!all.some((member) => member === target)) return;
      for (const member of all) member.tabIndex = member === target ? 0 : -1;
    }

    group.addEventListener('keydown', onkeydown);
    group.addEventListener('focusin', onfocusin);
    return () => {
      group.removeEventListener('keydown', onkeydown);
      group.removeEventListener('focusin', onfocusin);
    };
  };

/** Place of the member that a key leads to from the one at `at`; -1 where there is none. */
function findNext(key: string, at: number, members: readonly HTMLElement[]): number {
  if (key === 'Home') return 0;
  if (key === 'End') return members.length - 1;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: countAcross(members), ArrowUp: -countAcross(members) }[key];
  return step === undefined || at + step >= members.length ? -1 : at + step;
}

/** How many members lie side by side: those on the line of the first. */
function countAcross(members: readonly HTMLElement[]): number {
  const top = (member: HTMLElement) => Math.round(member.getBoundingClientRect().top);
  const next = members.findIndex((member) => top(member) > top(members[0]!));
  return next < 0 ? members.length : next;
}

// The one table of keys: what is pressed, what it does, where. Views say what each action does; key-events.ts listens.

/** Where a key counts. *review* is all of Review, *image* its single view, *tiles* grid and similar images. */
export const keyScopes = [
  'review',
  'image',
  'tiles',
  'evidence',
  'explain',
  'overview',
  'runs',
  'experiment',
  'everywhere',
] as const;
export type KeyScope = (typeof keyScopes)[number];

export interface KeyBinding {
  id: string;
  /** As `event.key`, letters in lower case; `mod+` is Ctrl, or Cmd on a Mac. */
  keys: readonly string[];
  scope: KeyScope;
  /** True for what a held-down key may repeat. */
  canRepeat?: boolean;
}

export const keyTable = [
  { id: 'accept', keys: ['Enter'], scope: 'review' },
  { id: 'second', keys: ['t'], scope: 'review' },
  { id: 'keep', keys: ['k'], scope: 'review' },
  { id: 'exclude', keys: ['x'], scope: 'review' },
  { id: 'unsure', keys: ['u'], scope: 'review' },
  { id: 'class-1', keys: ['1'], scope: 'review' },
  { id: 'class-2', keys: ['2'], scope: 'review' },
  { id: 'class-3', keys: ['3'], scope: 'review' },
  { id: 'class-4', keys: ['4'], scope: 'review' },
  { id: 'class-5', keys: ['5'], scope: 'review' },
  { id: 'class-6', keys: ['6'], scope: 'review' },
  { id: 'class-7', keys: ['7'], scope: 'review' },
  { id: 'class-8', keys: ['8'], scope: 'review' },
  { id: 'class-9', keys: ['9'], scope: 'review' },
  { id: 'class-10', keys: ['0'], scope: 'review' },
  { id: 'find-class', keys: ['/'], scope: 'review' },
  { id: 'undo', keys: ['mod+z'], scope: 'review' },
  { id: 'redo', keys: ['mod+shift+z', 'mod+y'], scope: 'review' },
  { id: 'evidence', keys: ['e'], scope: 'review' },
  { id: 'similar', keys: ['s'], scope: 'review' },
  { id: 'grid', keys: ['g'], scope: 'review' },
  { id: 'filter', keys: ['f'], scope: 'review' },
  { id: 'note', keys: ['n'], scope: 'review' },
  { id: 'history', keys: ['h'], scope: 'review' },
  { id: 'leave', keys: ['Escape', 'b'], scope: 'review' },
  { id: 'next', keys: ['ArrowRight', 'ArrowDown', 'l'], scope: 'image', canRepeat: true },
  { id: 'previous', keys: ['ArrowLeft', 'ArrowUp', 'j'], scope: 'image', canRepeat: true },
  { id: 'zoom', keys: ['z'], scope: 'image' },
  { id: 'zoom-in', keys: ['+', '='], scope: 'image', canRepeat: true },
  { id: 'zoom-out', keys: ['-'], scope: 'image', canRepeat: true },
  { id: 'pan-right', keys: ['mod+ArrowRight'], scope: 'image', canRepeat: true },
  { id: 'pan-left', keys: ['mod+ArrowLeft'], scope: 'image', canRepeat: true },
  { id: 'pan-down', keys: ['mod+ArrowDown'], scope: 'image', canRepeat: true },
  { id: 'pan-up', keys: ['mod+ArrowUp'], scope: 'image', canRepeat: true },
  { id: 'tile-right', keys: ['ArrowRight', 'mod+ArrowRight'], scope: 'tiles', canRepeat: true },
  { id: 'tile-left', keys: ['ArrowLeft', 'mod+ArrowLeft'], scope: 'tiles', canRepeat: true },
  { id: 'tile-down', keys: ['ArrowDown', 'mod+ArrowDown'], scope: 'tiles', canRepeat: true },
  { id: 'tile-up', keys: ['ArrowUp', 'mod+ArrowUp'], scope: 'tiles', canRepeat: true },
  { id: 'page-down', keys: ['PageDown'], scope: 'tiles', canRepeat: true },
  { id: 'page-up', keys: ['PageUp'], scope: 'tiles', canRepeat: true },
  { id: 'tile-first', keys: ['Home'], scope: 'tiles' },
  { id: 'tile-last', keys: ['End'], scope: 'tiles' },
  { id: 'select', keys: [' '], scope: 'tiles' },
  { id: 'select-visible', keys: ['mod+a'], scope: 'tiles' },
  { id: 'select-same', keys: ['a'], scope: 'tiles' },
  { id: 'open', keys: ['o'], scope: 'tiles' },
  { id: 'larger', keys: ['+', '='], scope: 'tiles', canRepeat: true },
  { id: 'smaller', keys: ['-'], scope: 'tiles', canRepeat: true },
  { id: 'evidence-next', keys: ['ArrowRight', 'ArrowDown'], scope: 'evidence', canRepeat: true },
  { id: 'evidence-previous', keys: ['ArrowLeft', 'ArrowUp'], scope: 'evidence', canRepeat: true },
  { id: 'cosine', keys: ['c'], scope: 'evidence' },
  { id: 'more', keys: ['m'], scope: 'evidence' },
  { id: 'explain-cosine', keys: ['c'], scope: 'explain' },
  { id: 'next-step', keys: ['Enter'], scope: 'overview' },
  { id: 'retrain', keys: ['r'], scope: 'runs' },
  { id: 'experiment', keys: ['r'], scope: 'experiment' },
  { id: 'all-keys', keys: ['?'], scope: 'everywhere' },
] as const satisfies readonly KeyBinding[];

export type KeyAction = (typeof keyTable)[number]['id'];
export type Binding = KeyBinding & { id: KeyAction };

/** How many classes have a key of their own. */
export const classesWithKey = 10;
/** The action that relabels to the class at this place, counted from 0. */
export const classAction = (index: number): KeyAction => `class-${index + 1}` as KeyAction;

/** A letter, digit or sign without Ctrl or Cmd: what the switch in Settings turns off (WCAG 2.1.4). Space acts on what has the focus. */
export const isSingleCharacter = (key: string): boolean => [...key].length === 1 && key !== ' ';

/** The table with a person's own keys in the place of ours; what they name that there is not, is passed over. */
export const withKeys = (own: Readonly<Record<string, readonly string[]>>): readonly Binding[] =>
  keyTable.map((binding) => (Object.hasOwn(own, binding.id) ? { ...binding, keys: own[binding.id]! } : binding));

const ofReview: readonly KeyScope[] = ['image', 'tiles', 'evidence'];

/** Whether two scopes are listened to at the same time. */
const canMeet = (a: KeyScope, b: KeyScope): boolean =>
  a === b ||
  a === 'everywhere' ||
  b === 'everywhere' ||
  (a === 'review' && ofReview.includes(b)) ||
  (b === 'review' && ofReview.includes(a));

/** Two actions that one key would mean at once; empty in a sound table. */
export function findConflicts(table: readonly KeyBinding[]): { key: string; ids: [string, string] }[] {
  const conflicts: { key: string; ids: [string, string] }[] = [];
  for (const [index, first] of table.entries())
    for (const second of table.slice(index + 1)) {
      const shared = canMeet(first.scope, second.scope) ? first.keys.filter((key) => second.keys.includes(key)) : [];
      conflicts.push(...shared.map((key) => ({ key, ids: [first.id, second.id] as [string, string] })));
    }
  return conflicts;
}

/** The action that already has this key where `id` would hear it too. */
export function findHolder(table: readonly Binding[], id: KeyAction, key: string): KeyAction | undefined {
  const scope = table.find((each) => each.id === id)!.scope;
  return table.find((each) => each.id !== id && canMeet(each.scope, scope) && each.keys.includes(key))?.id;
}

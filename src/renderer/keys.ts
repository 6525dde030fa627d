// The one table of keys: what is pressed, what it does, where. Views say what each action does; the rest is here.

export type KeyScope = 'everywhere' | 'overview' | 'review' | 'runs';

export interface KeyBinding {
  id: string;
  /** As `event.key`, letters in lower case; `mod+` is Ctrl, or Cmd on a Mac. */
  keys: readonly string[];
  scope: KeyScope;
  /** False for keys that a held-down key must not repeat. */
  canRepeat?: boolean;
}

export const keyTable = [
  { id: 'next-step', keys: ['Enter'], scope: 'overview' },
  { id: 'accept', keys: ['Enter'], scope: 'review' },
  { id: 'keep', keys: ['k'], scope: 'review' },
  {
    id: 'relabel',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'],

    scope: 'review',
  },
  { id: 'exclude', keys: ['x'], scope: 'review' },
  { id: 'unsure', keys: ['u'], scope: 'review' },
  { id: 'next', keys: ['ArrowRight', 'ArrowDown', 'l'], scope: 'review', canRepeat: true },
  { id: 'previous', keys: ['ArrowLeft', 'ArrowUp', 'j'], scope: 'review', canRepeat: true },
  { id: 'find-class', keys: ['/'], scope: 'review' },
  { id: 'zoom', keys: ['z'], scope: 'review' },
  { id: 'zoom-in', keys: ['+', '='], scope: 'review', canRepeat: true },
  { id: 'zoom-out', keys: ['-'], scope: 'review', canRepeat: true },
  { id: 'undo', keys: ['mod+z'], scope: 'review' },
  { id: 'redo', keys: ['mod+shift+z', 'mod+y'], scope: 'review' },
  { id: 'retrain', keys: ['r'], scope: 'runs' },
  { id: 'all-keys', keys: ['?'], scope: 'everywhere' },
] as const satisfies readonly KeyBinding[];

export type KeyAction = (typeof keyTable)[number]['id'];
/** `key` is the one of the binding's keys that was pressed. */
export type KeyHandlers = Partial<Record<KeyAction, (key: string) => void>>;

const bindings: readonly (KeyBinding & { id: KeyAction })[] = keyTable;

/** A letter, digit or sign without Ctrl or Cmd: what the switch in Settings turns off (WCAG 2.1.4). */
export const isSingleCharacter = (key: string): boolean => [...key].length === 1;

/** Two actions that one key would mean at once; empty in a sound table. */
export function findConflicts(table: readonly KeyBinding[]): { key: string; ids: [string, string] }[] {
  const conflicts: { key: string; ids: [string, string] }[] = [];
  for (const [index, first] of table.entries())
    for (const second of table.slice(index + 1)) {
      const canMeet = first.scope === second.scope || first.scope === 'everywhere' || second.scope === 'everywhere';
      const shared = canMeet ? first.keys.filter((key) => second.keys.includes(key)) : [];
      conflicts.push(...shared.map((key) => ({ key, ids: [first.id, second.id] as [string, string] })));
    }
  return conflicts;
}

/** Runs the handler that the event means in `scope`, and keeps the browser from acting on it too. */
export function handleKey(
  event: KeyboardEvent,
  scope: KeyScope,
  areSingleKeysOn: boolean,
  handlers: KeyHandlers,
): void {
  if (event.defaultPrevented || event.isComposing || belongsToElement(event)) return;
  const key = toKeyName(event);
  const binding = bindings.find((each) => each.scope === scope && each.keys.includes(key));
  const handler = binding && handlers[binding.id];
  if (!handler || (isSingleCharacter(key) && !areSingleKeysOn)) return;
  event.preventDefault();
  if (!event.repeat || binding.canRepeat) handler(key);
}

/** How a key is printed on what it does. */
export function printKey(key: string): string {
  const printed: Record<string, string> = {
    Enter: '↵',
    ArrowDown: '↓',
    ArrowUp: '↑',
    ArrowLeft: '←',
    ArrowRight: '→',
    mod: 'Ctrl',
    shift: 'Shift',
  };
  // '+' is itself a key.
  const parts = key === '+' ? ['+'] : key.split('+');
  return parts.map((part) => printed[part] ?? part.toUpperCase()).join(' ');
}

export const keysOf = (id: KeyAction): readonly string[] => bindings.find((each) => each.id === id)!.keys;

function toKeyName(event: KeyboardEvent): string {
  const isMod = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? toLatin(event) : event.key;
  if (!isMod) return event.altKey || (event.shiftKey && /^\p{L}$/u.test(event.key)) ? `with-modifier+${key}` : key;
  return `mod+${event.shiftKey ? 'shift+' : ''}${key}`;
}

/** The letter on the key where the layout writes another script, so that K is K on a Cyrillic keyboard too. */
function toLatin(event: KeyboardEvent): string {
  const isOtherScript = /^\p{L}$/u.test(event.key) && !/^[a-z]$/i.test(event.key);
  const letter = isOtherScript ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined;
  return (letter ?? event.key).toLowerCase();
}

/** Whether the element in focus has its own use for the key: a field while typing, an open dialog, a focused button. */
function belongsToElement({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=listbox], [role=combobox]'))
    return true;
  if (target.ownerDocument.querySelector('[role=dialog], [role=alertdialog]')) return true;
  const activates = (key === 'Enter' || key === ' ') && !ctrlKey && !metaKey;
  return activates && target.closest('button, a[href], summary, [role=button]') !== null;
}

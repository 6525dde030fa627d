// Listening for keys: from an event of the browser to an action of the table, and how a key is printed.
import { isSingleCharacter, type Binding, type KeyAction, type KeyScope } from './keys.ts';

export type KeyHandlers = Partial<Record<KeyAction, (event: KeyboardEvent) => void>>;

/** The keys as this person has them. */
export interface KeyMap {
  bindings: readonly Binding[];
  areSingleKeysOn: boolean;
}

/** Runs the handler that the event means in `scope`, and keeps the browser from acting on it too. */
export function handleKey(event: KeyboardEvent, scope: KeyScope, keys: KeyMap, handlers: KeyHandlers): void {
  if (event.defaultPrevented || event.isComposing || belongsToElement(event)) return;
  const key = toKeyName(event);
  const binding = keys.bindings.find((each) => each.scope === scope && each.keys.includes(key));
  const handler = binding && handlers[binding.id];
  if (!handler || (isSingleCharacter(key) && !keys.areSingleKeysOn)) return;
  event.preventDefault();
  if (!event.repeat || binding.canRepeat) handler(event);
}

/** The name of a key in the table: 'k', 'Enter', 'mod+shift+z'. */
export function toKeyName(event: KeyboardEvent): string {
  const isMod = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? toLatin(event) : event.key;
  if (!isMod) return event.altKey || (event.shiftKey && /^\p{L}$/u.test(event.key)) ? `with-modifier+${key}` : key;
  return `mod+${event.shiftKey && key.length === 1 ? 'shift+' : ''}${key}`;
}

/** What the browser or the system needs for itself, and what is no key but a part of one. */
const reserved =
  /^(with-modifier\+.*|Tab|mod\+(Tab|shift\+[intw]|[clnqrtvwx])|Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Process|Unidentified|F\d+|mod\+(Control|Meta|Shift))$/;

/** Whether a key may be given to an action. */
export const canBeBound = (key: string): boolean => !reserved.test(key);

const printed: Record<string, string> = {
  Enter: '↵',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Home: 'Home',
  End: 'End',
  ' ': '␣',
  mod: 'Ctrl',
  shift: 'Shift',
};

/** How a key is printed on what it does. */
export const printKey = (key: string): string =>
  partsOf(key)
    .map((part) => printed[part] ?? part.toUpperCase())
    .join(' ');

/** A key as `aria-keyshortcuts` writes it. */
export function toAriaShortcut(key: string): string {
  const names: Record<string, string> = { mod: 'Control', shift: 'Shift', ' ': 'Space', '+': 'Plus' };
  return partsOf(key)
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join('+');
}

/** '+' is itself a key. */
const partsOf = (key: string): string[] => (key === '+' ? ['+'] : key.split('+'));

/** The letter on the key where the layout writes another script, so that K is K on a Cyrillic keyboard too. */
function toLatin(event: KeyboardEvent): string {
  const isOtherScript = /^\p{L}$/u.test(event.key) && !/^[a-z]$/i.test(event.key);
  const letter = isOtherScript ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined;
  return (letter ?? event.key).toLowerCase();
}

/** A button that opens a list is a combobox too, and types into it only while the list is open. */
const typedInto =
  'input, textarea, select, [contenteditable], [role=dialog], [role=listbox], [role=combobox][aria-expanded=true]';

/** Whether the element in focus has its own use for the key: a field while typing, an open dialog or list, a focused button. */
function belongsToElement({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(typedInto)) return true;
  if (target.ownerDocument.querySelector('[role=dialog], [role=alertdialog]')) return true;
  const activates = (key === 'Enter' || key === ' ') && !ctrlKey && !metaKey;
  return activates && target.closest('button, a[href], summary, [role=button]') !== null;
}

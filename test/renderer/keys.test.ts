import { afterEach, describe, expect, it, vi } from 'vitest';
import { canBeBound, handleKey, printKey, toAriaShortcut, type KeyHandlers } from '../../src/renderer/key-events.ts';
import { findConflicts, findHolder, keyTable, withKeys } from '../../src/renderer/keys.ts';

afterEach(() => document.body.replaceChildren());

/** Presses a key on an element (the body where none is given) and returns the event. */
function press(
  key: string,
  handlers: KeyHandlers,
  rest: KeyboardEventInit & { on?: Element; singleKeys?: boolean; own?: Record<string, string[]> } = {},
): KeyboardEvent {
  const { on = document.body, singleKeys = true, own = {}, ...init } = rest;
  const keys = { bindings: withKeys(own), areSingleKeysOn: singleKeys };
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  const listen = (heard: Event) => {
    handleKey(heard as KeyboardEvent, 'review', keys, handlers);
    handleKey(heard as KeyboardEvent, 'image', keys, handlers);
  };
  window.addEventListener('keydown', listen);
  on.dispatchEvent(event);
  window.removeEventListener('keydown', listen);
  return event;
}

function add<K extends keyof HTMLElementTagNameMap>(tag: K, role?: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (role) element.setAttribute('role', role);
  document.body.append(element);
  return element;
}

describe('keys', () => {
  it('means one thing by each key in each place', () => {
    expect(findConflicts(keyTable)).toEqual([]);
    expect(
      findConflicts([
        { id: 'keep', keys: ['k'], scope: 'review' },
        { id: 'other', keys: ['x', 'k'], scope: 'everywhere' },
      ]),
    ).toEqual([{ key: 'k', ids: ['keep', 'other'] }]);
  });

  it('runs the action and keeps the browser from acting too', () => {
    const keep = vi.fn();
    expect(press('k', { keep }).defaultPrevented).toBe(true);
    expect(keep).toHaveBeenCalledOnce();
  });

  it('hears letters under Caps Lock and on other scripts, and not with Shift, Alt or Ctrl', () => {
    const keep = vi.fn();
    press('K', { keep });
    press('л', { keep }, { code: 'KeyK' });
    expect(keep).toHaveBeenCalledTimes(2);
    press('K', { keep }, { shiftKey: true });
    press('k', { keep }, { altKey: true });
    press('k', { keep }, { ctrlKey: true });
    expect(keep).toHaveBeenCalledTimes(2);
  });

  it('tells undo from redo', () => {
    const undo = vi.fn();
    const redo = vi.fn();
    press('z', { undo, redo }, { ctrlKey: true });
    press('Z', { undo, redo }, { ctrlKey: true, shiftKey: true });
    press('z', { undo, redo }, { metaKey: true });
    expect([undo.mock.calls.length, redo.mock.calls.length]).toEqual([2, 1]);
  });

  it('binds digits to places, not to what stands there', () => {
    const last = vi.fn();
    press('0', { 'class-10': last });
    press('1', { 'class-10': last });
    expect(last).toHaveBeenCalledOnce();
  });

  it('hears the keys that a person has chosen, and no longer those of the table', () => {
    const keep = vi.fn();
    press('p', { keep }, { own: { keep: ['p'] } });
    press('k', { keep }, { own: { keep: ['p'] } });
    expect(keep).toHaveBeenCalledOnce();
  });

  it('knows who has a key already, where both would hear it', () => {
    expect(findHolder(withKeys({}), 'keep', 'x')).toBe('exclude');
    expect(findHolder(withKeys({}), 'zoom', 'k')).toBe('keep');
    expect(findHolder(withKeys({}), 'keep', '?')).toBe('all-keys');
    // The arrows mean other things in the grid, where one image cannot be moved from.
    expect(findHolder(withKeys({}), 'next', 'ArrowUp')).toBe('previous');
    expect(findHolder(withKeys({}), 'zoom-in', '+')).toBeUndefined();
    expect(findConflicts(withKeys({ keep: ['x'] }))).toEqual([{ key: 'x', ids: ['keep', 'exclude'] }]);
    expect(['mod+w', 'Tab', 'Shift', 'mod+Tab', 'F5'].filter(canBeBound)).toEqual([]);
    expect(['p', 'Enter', 'mod+shift+z', 'mod+a'].filter((key) => !canBeBound(key))).toEqual([]);
  });

  it('leaves keys to fields, lists and dialogs', () => {
    const keep = vi.fn();
    const accept = vi.fn();
    const list = add('button', 'combobox');
    list.setAttribute('aria-expanded', 'true');
    for (const element of [add('input'), add('textarea'), list, add('div', 'listbox')]) {
      press('k', { keep, accept }, { on: element });
      press('Enter', { keep, accept }, { on: element });
    }
    add('div', 'dialog');
    press('k', { keep, accept });
    expect([keep.mock.calls.length, accept.mock.calls.length]).toEqual([0, 0]);
  });

  it('leaves Enter to a focused button, or one whose list is closed, and no other key', () => {
    const keep = vi.fn();
    const accept = vi.fn();
    const closed = add('button', 'combobox');
    closed.setAttribute('aria-expanded', 'false');
    for (const button of [add('button'), closed]) {
      press('Enter', { keep, accept }, { on: button });
      press('k', { keep, accept }, { on: button });
    }
    expect([keep.mock.calls.length, accept.mock.calls.length]).toEqual([2, 0]);
  });

  it('decides once for a key that is held down, and moves on', () => {
    const accept = vi.fn();
    const next = vi.fn();
    press('Enter', { accept, next }, { repeat: true });
    press('ArrowRight', { accept, next }, { repeat: true });
    expect([accept.mock.calls.length, next.mock.calls.length]).toEqual([0, 1]);
  });

  it('can be switched off for single characters', () => {
    const keep = vi.fn();
    const accept = vi.fn();
    const undo = vi.fn();
    press('k', { keep, accept, undo }, { singleKeys: false });
    press('Enter', { keep, accept, undo }, { singleKeys: false });
    press('z', { keep, accept, undo }, { singleKeys: false, ctrlKey: true });
    expect([keep, accept, undo].map(({ mock }) => mock.calls.length)).toEqual([0, 1, 1]);
  });

  it('prints keys as they stand on a keyboard', () => {
    expect(['Enter', 'k', '+', 'mod+shift+z', 'ArrowLeft'].map(printKey)).toEqual(['↵', 'K', '+', 'Ctrl Shift Z', '←']);
    expect(['mod+z', ' ', '+', 'k'].map(toAriaShortcut)).toEqual(['Control+Z', 'Space', 'Plus', 'K']);
  });
});

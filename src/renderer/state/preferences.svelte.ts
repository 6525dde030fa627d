// What a person prefers on this machine and in no project: language and keys. Core keeps it, because the address of the
// loopback host, and with it the browser's own storage, changes from start to start.
import type { PreferenceValues } from '../../shared/core-contract.ts';
import { toAriaShortcut, type KeyMap } from '../key-events.ts';
import { isSingleCharacter, withKeys, type Binding, type KeyAction } from '../keys.ts';
import { setLanguage } from '../texts.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import type { Notices } from './notices.svelte.ts';

export class Preferences implements KeyMap {
  #values = $state.raw<PreferenceValues>({ language: null, areSingleKeysOn: true, doesAdvance: true, keys: {} });
  /** The table of keys with this person's own. */
  readonly bindings: readonly Binding[] = $derived(withKeys(this.#values.keys));
  readonly #connection: Connection;
  readonly #notices: Notices;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
    setLanguage(null);
    connection.onOpen(() => {
      if (connection.app) this.#take(connection.app.preferences);
    });
  }

  /** Whether letters, digits and signs act without Ctrl (WCAG 2.1.4). */
  get areSingleKeysOn(): boolean {
    return this.#values.areSingleKeysOn;
  }

  /** Whether a decision goes on to the next image (WCAG 3.2.2). */
  get doesAdvance(): boolean {
    return this.#values.doesAdvance;
  }

  /** Code of the language that was chosen, or null for the system's. */
  get language(): string | null {
    return this.#values.language;
  }

  /** True where an action has other keys than the table gives it. */
  get hasOwnKeys(): boolean {
    return Object.keys(this.#values.keys).length > 0;
  }

  keysOf(action: KeyAction): readonly string[] {
    return this.bindings.find(({ id }) => id === action)!.keys;
  }

  /** For `aria-keyshortcuts`: the keys that act now, or nothing. */
  shortcutOf(action: KeyAction): string | undefined {
    const active = this.keysOf(action).filter((key) => this.areSingleKeysOn || !isSingleCharacter(key));
    return active.length === 0 ? undefined : active.map(toAriaShortcut).join(' ');
  }

  /** Shows the change at once; where it cannot be kept, says so. */
  set(change: Partial<PreferenceValues>): void {
    this.#take({ ...this.#values, ...change });
    this.#connection.setPreferences(this.#values).catch((error: unknown) => this.#notices.show(error));
  }

  setKeys(action: KeyAction, keys: readonly string[]): void {
    this.set({ keys: { ...this.#values.keys, [action]: [...keys] } });
  }

  /** All actions get the keys of the table again. */
  resetKeys(): void {
    this.set({ keys: {} });
  }

  #take(values: PreferenceValues): void {
    this.#values = values;
    setLanguage(values.language);
  }
}

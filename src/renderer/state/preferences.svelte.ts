// What a person prefers on this machine and in no project: kept in the browser's storage.
import { setLanguage } from '../texts.svelte.ts';

const singleKeysKey = 'second-look.single-keys';
const languageKey = 'second-look.language';

export class Preferences {
  /** Whether letters, digits and signs act without Ctrl (WCAG 2.1.4). */
  areSingleKeysOn = $state(true);
  /** Code of the language that was chosen, or null for the system's. */
  language = $state<string | null>(null);
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.areSingleKeysOn = storage.getItem(singleKeysKey) !== 'off';
    this.language = storage.getItem(languageKey);
    setLanguage(this.language);
  }

  setSingleKeys(isOn: boolean): void {
    this.areSingleKeysOn = isOn;
    this.#storage.setItem(singleKeysKey, isOn ? 'on' : 'off');
  }

  setLanguage(code: string | null): void {
    this.language = code;
    if (code === null) this.#storage.removeItem(languageKey);
    else this.#storage.setItem(languageKey, code);
    setLanguage(code);
  }
}

// What a person prefers on this machine and in no project: kept in the browser's storage.
const storageKey = 'second-look.single-keys';

export class Preferences {
  /** Whether letters, digits and signs act without Ctrl (WCAG 2.1.4). */
  areSingleKeysOn = $state(true);
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.areSingleKeysOn = storage.getItem(storageKey) !== 'off';
  }

  setSingleKeys(isOn: boolean): void {
    this.areSingleKeysOn = isOn;
    this.#storage.setItem(storageKey, isOn ? 'on' : 'off');
  }
}

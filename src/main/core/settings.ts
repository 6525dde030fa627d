// What the app remembers between projects: who reviews, and which projects were open. A small JSON file.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PreferencesSchema, type PreferenceValues } from '../../shared/core-contract.ts';

const SettingsSchema = z.object({
  version: z.literal(1),
  reviewer: z.string().min(1),
  // Of a version that had none, or other ones: the defaults.
  preferences: PreferencesSchema.default(PreferencesSchema.parse({})).catch(PreferencesSchema.parse({})),
  recent: z.array(z.object({ id: z.string(), path: z.string(), name: z.string(), openedAt: z.number() })),
});
type SettingsFile = z.output<typeof SettingsSchema>;

const keptRecent = 12;

/** Settings below `folder`, which is made where missing. A file that cannot be understood is started anew. */
export class Settings {
  readonly #file: string;
  #values: SettingsFile;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'settings.json');
    this.#values = read(this.#file) ?? {
      version: 1,
      reviewer: userInfo().username || 'reviewer',
      preferences: PreferencesSchema.parse({}),
      recent: [],
    };
  }

  get reviewer(): string {
    return this.#values.reviewer;
  }

  setReviewer(reviewer: string): void {
    this.#save({ ...this.#values, reviewer });
  }

  get preferences(): PreferenceValues {
    return this.#values.preferences;
  }

  setPreferences(preferences: PreferenceValues): void {
    this.#save({ ...this.#values, preferences });
  }

  get recent(): SettingsFile['recent'] {
    return this.#values.recent;
  }

  /** Puts a project at the head of the recent ones. */
  remember(project: { path: string; name: string }): void {
    const others = this.#values.recent.filter(({ path }) => path !== project.path);
    const known = this.#values.recent.find(({ path }) => path === project.path);
    const entry = { ...project, id: known?.id ?? crypto.randomUUID(), openedAt: Date.now() };
    this.#save({ ...this.#values, recent: [entry, ...others].slice(0, keptRecent) });
  }

  #save(values: SettingsFile): void {
    this.#values = values;
    const beside = `${this.#file}.new`;
    writeFileSync(beside, JSON.stringify(values, null, 2));
    renameSync(beside, this.#file);
  }
}

function read(file: string): SettingsFile | undefined {
  try {
    return SettingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing on the first start; damaged settings hold nothing that a person could not say again in seconds.
    return undefined;
  }
}

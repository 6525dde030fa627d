// Texts with places to be filled in, each written `{{name}}`, as types; those that depend on `count` have a text for each
// form of its grammar, `KEY_one`, `KEY_other`.

type Counted<Texts> = keyof Texts extends infer Key ? (Key extends `${infer Base}_other` ? Base : never) : never;
type Plain<Texts> = Exclude<keyof Texts & string, `${string}_one` | `${string}_other`>;

/** What a text is asked for by: those that depend on `count` without their form. */
export type KeyOf<Texts> = Plain<Texts> | Counted<Texts>;

type PlacesIn<Text> = Text extends `${string}{{${infer Place}}}${infer Rest}` ? Place | PlacesIn<Rest> : never;

type TextOf<Texts, Key extends KeyOf<Texts>> = Key extends keyof Texts
  ? Texts[Key]
  : Texts[`${Key}_other` & keyof Texts];

type Needs<Texts, Key extends KeyOf<Texts>> =
  PlacesIn<TextOf<Texts, Key>> | (Key extends Counted<Texts> ? 'count' : never);

export type PlacesOf<Texts, Key extends KeyOf<Texts>> = Record<Needs<Texts, Key>, string | number>;

/** The places of a text as the last argument of a function, which is left out where it has none. */
export type Filled<Texts, Key extends KeyOf<Texts>> = [Needs<Texts, Key>] extends [never]
  ? []
  : [places: PlacesOf<Texts, Key>];

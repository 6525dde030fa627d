// Which of the model's own classes is which of the data set's. A pretrained model's head is not used, and its classes match
// nothing; where the model itself is to be explained, they must.
import type { ClassMatch } from '../../shared/model.ts';
import { tell } from '../../shared/told.ts';
import type { ModelRow } from '../store/model-table.ts';
import type { Store } from '../store/store.ts';

/** As a person said it, else by the names, else in order where there are as many of both. */
export function readClassMatch(store: Store, model: ModelRow): ClassMatch {
  const classes = store.classes.list();
  const { head, classNames = null } = model.description;
  const names = model.classNames ?? classNames;
  const of = (by: ClassMatch['by'], places: ClassMatch['places']) => ({
    names,
    modelClasses: head.classes,
    places,
    by,
  });
  const { classPlaces } = model;
  if (classPlaces)
    return of(
      'person',
      classes.map((_, at) => classPlaces[at] ?? null),
    );
  if (names === null && head.classes === classes.length)
    return of(
      'order',
      classes.map((_, at) => at),
    );
  const wanted = classes.map(({ name }) => name);
  return of('name', matchNames(wanted, names ?? []));
}

export interface ClassMatchChoice {
  /** The model's classes in its order; they are matched anew. */
  names?: string[] | undefined;
  /** A place or none for each class of the data set. */
  places?: (number | null)[] | undefined;
}

/** Keeps what a person says of the model's classes. Throws 'bad-request' where it does not fit the model or the data set. */
export function setClassMatch(store: Store, model: ModelRow, { names, places }: ClassMatchChoice): ClassMatch {
  const { classes } = model.description.head;
  if (names && names.length !== classes) throw tell('bad-request', 'class-names', { classes, names: names.length });
  if (places && places.length !== store.classes.count())
    throw tell('bad-request', 'class-places', { classes: store.classes.count(), places: places.length });
  const given = (places ?? []).filter((place) => place !== null);
  if (given.some((place) => place >= classes)) throw tell('bad-request', 'class-place', { classes });
  if (new Set(given).size < given.length) throw tell('bad-request', 'class-twice', {});
  store.transaction(() =>
    store.models.setClasses(model.id, names ?? model.classNames, places ?? (names ? null : model.classPlaces)),
  );
  return readClassMatch(store, store.models.find(model.id)!);
}

/** The place of each wanted name among the others: the same, else the same but for how it is written. */
function matchNames(wanted: string[], names: string[]): (number | null)[] {
  const exact = placesOf(names.map((name) => [name]));
  // ImageNet has several names for a class, with commas between.
  const alike = placesOf(names.map((name) => [name, ...name.split(',')].map(simplify)));
  const places = wanted.map((name) => exact.get(name) ?? alike.get(simplify(name)) ?? null);
  return places.map((place) => (places.filter((other) => other === place).length > 1 ? null : place));
}

/** By name; a name of two classes stands for neither. */
function placesOf(namesOfEach: string[][]): Map<string, number | null> {
  const places = new Map<string, number | null>();
  namesOfEach.forEach((names, place) => {
    for (const name of new Set(names)) places.set(name, places.has(name) ? null : place);
  });
  return places;
}

const simplify = (name: string) =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

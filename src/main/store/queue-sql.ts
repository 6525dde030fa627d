// A query of the queue as SQL: which images, in which order.
import type { QueueQuery } from '../../shared/queue.ts';

/** A query of a ranking by the fit and the name under which it is stored. */
export type StoredQuery = Omit<QueueQuery, 'method'> & { rankingFitId: number; method: string };

/** Values for the places of `orderSql` and `scanSql`. */
export const toPlaces = (query: StoredQuery): Record<string, unknown> => ({
  rankingFitId: query.rankingFitId,
  method: query.method,
  ...(query.split === undefined ? {} : { split: query.split }),
  ...(query.states ? { states: JSON.stringify(query.states) } : {}),
  ...(query.givenClassId === undefined ? {} : { givenClassId: query.givenClassId }),
  ...(query.classId === undefined ? {} : { classId: query.classId }),
  ...(query.suggestedClassId === undefined ? {} : { suggestedClassId: query.suggestedClassId }),
  ...(query.scoreFrom === undefined ? {} : { scoreFrom: query.scoreFrom }),
  ...(query.scoreTo === undefined ? {} : { scoreTo: query.scoreTo }),
  ...(query.reviewer === undefined ? {} : { reviewer: query.reviewer }),
  ...(query.path ? { path: query.path } : {}),
});

const given = (part: unknown, sql: string): string => (part === undefined || part === '' ? '' : `AND ${sql}`);

/** What narrows by class and state. */
const labelConditions = (query: StoredQuery): string => `
  ${given(query.states, 'label.state IN (SELECT value FROM json_each(@states))')}
  ${given(query.givenClassId, 'label.given_class_id = @givenClassId')}
  ${given(query.classId, 'label.class_id = @classId')}`;

/** What narrows by anything else; of `ranking` only where the images have a rank. */
const otherConditions = (query: StoredQuery): string => `
  ${given(
    query.reviewer,
    `EXISTS (SELECT 1 FROM decision JOIN reviewer ON reviewer.id = decision.reviewer_id
      WHERE decision.image_id = label.image_id AND reviewer.name = @reviewer)`,
  )}
  ${given(query.path, 'instr(lower(image.path), lower(@path)) > 0')}`;

const scoreConditions = (query: StoredQuery): string => `
  ${given(query.scoreFrom, 'ranking.score >= @scoreFrom')}
  ${given(query.scoreTo, 'ranking.score <= @scoreTo')}`;

const groups: Record<NonNullable<QueueQuery['arrangement']>, string> = {
  rank: '',
  balanced: 'row_number() OVER (PARTITION BY label.given_class_id ORDER BY ranking.rank),',
  given: 'label.given_class_id,',
  confusion: 'label.given_class_id, ranking.suggested_class_id,',
  state: 'label.state,',
};

/** Whether the images of a query have a rank, which only those of the train split have. */
export const isRanked = ({ split }: Pick<QueueQuery, 'split'>): boolean => split === undefined || split === 'train';

/** Rows of `imageId, isOpen`. CROSS JOIN fixes the order of the joins: the ranking is walked in key order, the rest is looked up by id. */
export const orderSql = (query: StoredQuery): string =>
  isRanked(query)
    ? `
  SELECT ranking.image_id AS imageId, label.state = 'open' AS isOpen
  FROM ranking CROSS JOIN label ON label.image_id = ranking.image_id
  ${query.path ? 'CROSS JOIN image ON image.id = ranking.image_id' : ''}
  WHERE ranking.fit_id = @rankingFitId AND ranking.method = @method
  ${labelConditions(query)}
  ${given(query.suggestedClassId, 'ranking.suggested_class_id = @suggestedClassId')}
  ${scoreConditions(query)} ${otherConditions(query)}
  ORDER BY ${groups[query.arrangement ?? 'rank']} ranking.rank`
    : `
  SELECT image.id AS imageId, 0 AS isOpen
  FROM image CROSS JOIN label ON label.image_id = image.id
  WHERE image.split = @split ${labelConditions(query)} ${otherConditions(query)}
  ORDER BY image.id`;

/** Labels of ranked images from one rank to another, narrowed by what is not counted choice by choice. */
export const scanSql = (query: StoredQuery): string => `
  SELECT label.given_class_id, label.class_id, ranking.suggested_class_id, label.state, ranking.score
  FROM ranking CROSS JOIN label ON label.image_id = ranking.image_id
  ${query.path ? 'CROSS JOIN image ON image.id = ranking.image_id' : ''}
  WHERE ranking.fit_id = @rankingFitId AND ranking.method = @method AND ranking.rank BETWEEN @firstRank AND @lastRank
  ${scoreConditions(query)} ${otherConditions(query)}`;

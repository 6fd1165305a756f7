// Saved views: a filter and an order with a name.
import type { SavedViewId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { SavedView } from '../../../contract/finding.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';

export const listSavedViews = ({ db }: ReadableCase): SavedView[] =>
  db.all(query.selectFrom('saved_view').selectAll().orderBy('id')).map((row) => ({
    id: row.id as SavedViewId,
    name: row.name,
    filter: storedJson(row.filter),
    sort: storedJson(row.sort),
  }));

export function addSavedView({ db }: WritableCase, view: Omit<SavedView, 'id'>): SavedView {
  const { id } = db.run(
    query
      .insertInto('saved_view')
      .values({ name: view.name, filter: JSON.stringify(view.filter), sort: JSON.stringify(view.sort) }),
  );
  return { ...view, id: id as SavedViewId };
}

/** Throws NOT_FOUND. */
export function removeSavedView({ db }: WritableCase, id: SavedViewId): void {
  if (db.run(query.deleteFrom('saved_view').where('id', '=', id)).changes === 0)
    throw new RecceError('NOT_FOUND', `View ${id}`, 'it was removed already.');
}

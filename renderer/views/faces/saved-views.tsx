// Filters and orders kept under a name, in the case.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Bookmark, BookmarkPlus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { engine, errorWords, queryClient } from '../../data/engine.ts';
import { showView, useGrid } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { useCase } from '../../data/open-case.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Input } from '../../parts/field.tsx';
import { client } from '../../transport.ts';

const readAgain = () => queryClient.invalidateQueries({ queryKey: engine.finding.views.key() });
const onError = (error: unknown): void => notify(errorWords(error).title, { tone: 'danger' });

function SaveView() {
  const { filter, sort } = useGrid();
  const [name, setName] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (named: string) => client.finding.saveView({ name: named, filter, sort }),
    onSuccess: () => {
      setName(null);
      void readAgain();
    },
    onError,
  });
  if (name === null)
    return (
      <Button small tone="quiet" icon={BookmarkPlus} onClick={() => setName('')}>
        Save view
      </Button>
    );
  return (
    <form
      className="save-view"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (name.trim()) save.mutate(name.trim());
      }}
    >
      <Input
        aria-label="Name of the view"
        placeholder="Name"
        value={name}
        maxLength={100}
        autoFocus
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          setName(null);
        }}
      />
      <Button small type="submit" tone="primary" disabled={!name.trim()}>
        Keep
      </Button>
    </form>
  );
}

export function SavedViews() {
  const writable = useCase()?.writable ?? false;
  const views = useQuery(engine.finding.views.queryOptions()).data ?? [];
  const remove = useMutation({
    mutationFn: (id: (typeof views)[number]['id']) => client.finding.removeView({ id }),
    onSuccess: readAgain,
    onError,
  });
  // A case that is only looked at and has no views: there is nothing to choose and none can be
  // kept.
  if (!writable && views.length === 0) return null;
  return (
    <section className="facet" aria-label="Saved views">
      <div className="saved-head">
        <h3>Views</h3>
        {writable ? <SaveView /> : null}
      </div>
      {views.map((view) => (
        <div key={view.id} className="saved-view">
          <button type="button" className="saved-open" onClick={() => showView(view)}>
            <Bookmark size={13} aria-hidden />
            {view.name}
          </button>
          {writable ? (
            <IconButton
              icon={X}
              size={13}
              label={`Remove the view ${view.name}`}
              onClick={() => remove.mutate(view.id)}
            />
          ) : null}
        </div>
      ))}
    </section>
  );
}

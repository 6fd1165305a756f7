// Settings of this installation, and the theme they ask for.
import { useQuery } from '@tanstack/react-query';
import { type Settings, settingsSchema } from '../../contract/settings.ts';
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { notify } from './notices.ts';

const DEFAULTS = settingsSchema.parse({});
const THEME = 'recce.theme';

const key = engine.app.settings.queryOptions().queryKey;

export const useSettings = (): Settings =>
  useQuery(engine.app.settings.queryOptions({ staleTime: Infinity })).data ?? DEFAULTS;

export const settingsNow = (): Settings => queryClient.getQueryData<Settings>(key) ?? DEFAULTS;

/** Changes settings at once on screen, then in the engine. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = settingsNow();
  queryClient.setQueryData(key, { ...before, ...change });
  try {
    queryClient.setQueryData(key, await client.app.changeSettings(change));
  } catch (error) {
    queryClient.setQueryData(key, before);
    notify(`The setting was not kept. ${errorWords(error).title}`, { tone: 'danger' });
  }
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/**
 * Paints the window in a theme and remembers it, so that the next start has it from the first
 * frame.
 */
export function applyTheme(theme: Settings['theme']): void {
  const shown = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  document.documentElement.dataset.theme = shown;
  localStorage.setItem(THEME, theme);
}

/** Before the engine has answered: the theme of the last time. */
export const applyRememberedTheme = (): void =>
  applyTheme((localStorage.getItem(THEME) as Settings['theme'] | null) ?? DEFAULTS.theme);

dark.addEventListener('change', () => applyTheme(settingsNow().theme));

// The engine as react-query sees it.
import { ORPCError } from '@orpc/client';
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import { type ErrorCode, errorTable, refusalSentence } from '../../contract/errors.ts';
import { ConnectionLostError, client } from '../transport.ts';

export const engine: RouterUtils<typeof client> = createTanstackQueryUtils(client);

// `always`: the workstation is offline by intention, and the engine is on this machine.
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      retry: (times, error) => times < 2 && error instanceof ConnectionLostError,
      staleTime: 10_000,
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** Refused because a file of that name is there: asked again, it is replaced. */
export const isFileThere = (error: unknown): boolean => error instanceof ORPCError && error.code === 'FILE_EXISTS';

/** What went wrong, for people: a sentence, and the particulars where there are any. */
export function errorWords(error: unknown): { title: string; detail: string } {
  if (error instanceof ORPCError && error.code in errorTable) {
    const data = (error.data ?? {}) as { subject?: string; detail?: string };
    return { title: errorTable[error.code as ErrorCode].message, detail: refusalSentence(data) };
  }
  if (error instanceof ConnectionLostError)
    return { title: error.message, detail: 'Whether it was carried out is seen when the engine is back.' };
  return {
    title: 'Something went wrong in the workstation.',
    detail: error instanceof Error ? error.message : String(error),
  };
}

// The engine as react-query sees it. Used by every screen.
import { ORPCError } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { type ErrorCode, errorTable } from '../../contract/errors.ts';
import { client } from '../transport.ts';
import { suspectLoss } from './connection.ts';

export const engine = createTanstackQueryUtils(client);

/** True for an answer of the engine; false where no answer came. */
export const isAnswer = (error: unknown): boolean => error instanceof ORPCError;

const noticeLoss = (error: unknown): void => {
  if (!isAnswer(error)) suspectLoss();
};

// `always`: the workstation is offline by intention, and the engine is on this machine.
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeLoss }),
  mutationCache: new MutationCache({ onError: noticeLoss }),
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 10_000, refetchOnWindowFocus: false },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** What went wrong, for people: a sentence, and the particulars where there are any. */
export function wordsFromError(error: unknown): { title: string; detail: string } {
  if (error instanceof ORPCError && error.code in errorTable) {
    const data = error.data as { subject?: string; detail?: string } | undefined;
    const detail = [data?.subject, data?.detail].filter(Boolean).join(': ');
    return { title: errorTable[error.code as ErrorCode].message, detail };
  }
  if (!isAnswer(error)) return { title: 'The engine did not answer.', detail: 'It is being started again.' };
  return {
    title: 'Something went wrong in the workstation.',
    detail: error instanceof Error ? error.message : String(error),
  };
}

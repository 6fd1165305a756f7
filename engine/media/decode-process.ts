// Entry of the decode process: one hostile file at a time, and nothing else to lose.

import { answerRequests } from '../process/answer-requests.ts';
import { limitMemory } from '../process/limit-memory.ts';
import { decodeReduced } from './decode-reduced.ts';
import { decodeStill } from './decode-still.ts';
import type { DecodeRequest, DecodeResponse } from './decoder.ts';
import { examineStill } from './provenance/examine-still.ts';

/** Twice what the largest photograph takes, progressive and turned. */
const MEMORY_LIMIT_BYTES = 4 * 2 ** 30;

limitMemory(MEMORY_LIMIT_BYTES);

// A file may name an address to look things up at. Nothing here speaks to a network.
globalThis.fetch = () => Promise.reject(new Error('The decode process is offline.'));

answerRequests<DecodeRequest, DecodeResponse>((request): Promise<DecodeResponse> => {
  switch (request.kind) {
    case 'decode':
      return decodeStill(request.bytes, request.pipeline);
    case 'reduce':
      return decodeReduced(request.bytes);
    case 'examine':
      return examineStill(request.bytes, request.mediaType, request.trustAnchors);
  }
});

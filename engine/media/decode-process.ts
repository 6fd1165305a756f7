// Entry of the decode process: one hostile file at a time, and nothing else to lose. Forked by engine/media/decoder.ts.
import { answerRequests } from '../process/answer-requests.ts';
import { type DecodedStill, decodeStill } from './decode-still.ts';

answerRequests<Uint8Array, DecodedStill>((bytes) => decodeStill(bytes));

// Entry of the thread that looks through a database as a whole: SQLite does that in one piece.
import { integrityOf } from '../case/read-transaction.ts';
import { answerRequests } from '../process/answer-requests.ts';
import type { IntegrityRequest } from './check-integrity.ts';

answerRequests<IntegrityRequest, string>(async ({ file, folder, most }) => integrityOf(file, folder, most));

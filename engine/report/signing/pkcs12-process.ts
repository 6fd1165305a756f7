// Entry of the thread that opens a PKCS#12 container. A thread, so that the password stays in this
// process's memory.
import { answerRequests } from '../../process/answer-requests.ts';
import { type Pkcs12Answer, type Pkcs12Request, readPkcs12 } from './pkcs12.ts';

answerRequests<Pkcs12Request, Pkcs12Answer>(async (request) => readPkcs12(request));

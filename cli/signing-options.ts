// The examiner's key on a command line: which file, and where a time stamp is asked for.
import path from 'node:path';
import type { Signing } from '../contract/report.ts';

/**
 * The signing key's password is taken from the environment: a command line is visible to every user
 * of the machine.
 */
export const PASSWORD = 'RECCE_SIGN_PASSWORD';

/** What stands behind `--time-stamp` in every command that signs. */
export const TIME_STAMP_HELP = 'RFC 3161 authority for the signature; nothing is fetched without it';

export type SigningOptions = { sign: string; timeStamp?: string | undefined };

export const signingFrom = ({
  sign,
  timeStamp,
}: SigningOptions): Pick<Signing, 'pkcs12Path' | 'password' | 'timeStampUrl'> => ({
  pkcs12Path: path.resolve(sign),
  password: process.env[PASSWORD] ?? '',
  ...(timeStamp === undefined ? {} : { timeStampUrl: timeStamp }),
});

// What a file signed with an examiner's key says of its signature when it is read again. Whether a
// certificate is to be trusted is the reader's own matter.
import * as z from 'zod';
import { sha256Schema } from './brand.ts';
import { instantSchema } from './units.ts';

export const fileSignatureSchema = z.object({
  /** Common names in the certificate. */
  signer: z.string(),
  issuer: z.string(),
  /** The whole subject, in one line. */
  subject: z.string(),
  selfSigned: z.boolean(),
  serialNumber: z.string(),
  /** Of the certificate as DER: what two parties compare to know that they mean the same one. */
  certificateSha256: sha256Schema,
  validFrom: instantSchema,
  validTo: instantSchema,
  /** Every byte of the file but the signature is signed. */
  coversFile: z.boolean(),
  /** The file is covered, and the signature fits it and the certificate's key. */
  verified: z.boolean(),
  /** `verified`: the stamp is over this signature and fits its authority's certificate. */
  timeStamp: z
    .object({
      at: instantSchema,
      authority: z.string(),
      certificateSha256: sha256Schema,
      verified: z.boolean(),
      /** What the authority's certificate itself says against the stamp. */
      certificateFlaw: z.enum(['notValidThen', 'notForTimeStamps']).nullable(),
    })
    .nullable(),
});
export type FileSignature = z.infer<typeof fileSignatureSchema>;

// Addresses of the pictures of the open case.
import type { PictureRef } from '../../contract/picture.ts';
import { pictureUrl as addressOf } from '../transport.ts';
import { engine, queryClient } from './engine.ts';

/** This opening of the case that the window shows; undefined before it is known. */
export const openingNow = (): string | undefined => queryClient.getQueryData(engine.case.current.queryKey())?.opening;

/**
 * Of the case that is shown: a picture that the page has loaded of another case, under the same
 * number, is another address.
 */
export const pictureUrl = (ref: PictureRef): string => {
  const of = openingNow();
  return addressOf(of === undefined ? ref : { ...ref, of });
};

import { unknownMimeType } from '../ledger/attachments';
import type { CarrierPart } from './carrier-events';

/** A part of a customer's message as the agent gets it. */
export type ReceivedPart =
  | { readonly type: 'text' | 'link'; readonly value: string }
  | {
      readonly type: 'media';
      readonly url: string;
      readonly mimeType: string;
      readonly filename?: string;
      readonly size?: number;
    }
  /** Something that only the carrier knows how to show: the agent is told that it was there. */
  | { readonly type: string };

/** The carrier's parts as ours, in order. Media is passed on by the carrier's URL, which may be short-lived. */
export const receivedParts = (parts: readonly CarrierPart[]): readonly ReceivedPart[] =>
  parts.map(receivedPart);

const receivedPart = (part: CarrierPart): ReceivedPart => {
  const { type, value, url, mime_type: mimeType, filename, size_bytes: size } = part;
  if ((type === 'text' || type === 'link') && value !== undefined) return { type, value };
  if (type !== 'media' || url === undefined) return { type };
  return {
    type,
    url,
    mimeType: mimeType ?? unknownMimeType,
    ...(filename !== undefined && { filename }),
    ...(size !== undefined && { size }),
  };
};

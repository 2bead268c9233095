import { e164Schema, instantSchema, type RouteView } from '@claw/contracts';
import { z } from 'zod';
import type { RoutePlace } from '../route-table';

const cursorSchema = z.tuple([instantSchema, e164Schema]);

export const placeAfter = ({ claimedAt, phoneNumber }: RouteView): RoutePlace => ({ claimedAt, phoneNumber });

export const writeCursor = ({ claimedAt, phoneNumber }: RoutePlace): string =>
  Buffer.from(JSON.stringify([claimedAt, phoneNumber])).toString('base64url');

/** The place that a cursor stands for; undefined for a text that isn't one of ours. */
export const readCursor = (cursor: string): RoutePlace | undefined => {
  try {
    const parsed = cursorSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return parsed.success ? { claimedAt: parsed.data[0], phoneNumber: parsed.data[1] } : undefined;
  } catch {
    return undefined;
  }
};

import type { StoredEvent } from '../log/stored-streams';
import type { EventRange } from './event-range';
import type { Outlet } from './outlet';

/** Places looked at before others get their turn. */
const TURN = 256;

/**
 * Sends what `answers` has for each place of the range, as fast as the client takes it, until the range ends or
 * `answers` says that it is done, or the client is gone. Nothing is read ahead.
 */
export const sendRange = async (
  outlet: Outlet,
  range: EventRange,
  answers: (event: StoredEvent | undefined, place: number) => readonly Uint8Array[] | 'done',
): Promise<void> => {
  const step = range.backwards ? -1 : 1;
  const places = (range.to - range.from) * step + 1;
  for (let looked = 0; looked < places && !outlet.gone.aborted; looked += 1) {
    const place = range.from + looked * step;
    const responses = answers(range.at(place), place);
    if (responses === 'done') return;
    let room = true;
    for (const response of responses) room = outlet.write(response);
    if (!room) await outlet.drained();
    else if (looked % TURN === TURN - 1) await new Promise(setImmediate);
  }
};

import {
  connectNats,
  type DeadLetter,
  DeadLetters,
  type OpenedLetter,
  type ReplayOutcome,
} from '@claw/messaging';
import { letterName, listed } from '../dead-letters/letter-text';
import { Failure, oneLine } from '../failure';
import { dataFolder } from '../state/data-folder';
import { requireRun } from '../state/run-file';
import type { DataOption } from './options';

/** One letter by its id, or all that are there when the command begins. */
export interface WhichLetters extends DataOption {
  readonly id?: string | undefined;
  readonly all?: boolean | undefined;
}

/** Told of each letter that was dealt with, as soon as it was. */
export type Tell = (line: string) => void;

const connectDeadlineMs = 5_000;

/** Every dead letter, oldest first, without its message. */
export const listDeadLetters = (options: DataOption): Promise<readonly DeadLetter[]> =>
  withLetters(options, async (letters) => (await letters.list()).map(listed));

/** One dead letter with its message. */
export const openDeadLetter = (id: string, options: DataOption): Promise<OpenedLetter> =>
  withLetters(options, async (letters) => (await letters.open(idOf(id))) ?? unknownLetter(id));

/** Puts letters back for the consumers that gave up on them; false where one stays. */
export const replayDeadLetters = (which: WhichLetters, tell: Tell): Promise<boolean> =>
  dealWith(which, async (letters, letter) => {
    const outcome = await letters.replay(letter.id);
    if (outcome === 'replayed') tell(`replayed ${letterName(letter)}`);
    if (outcome === 'no consumer')
      tell(`kept ${letterName(letter)}: nobody takes anything back under that name`);
    return outcome;
  });

/** Erases letters for good. */
export const dropDeadLetters = (which: WhichLetters, tell: Tell): Promise<boolean> =>
  dealWith(which, async (letters, { id }) => {
    const dropped = await letters.drop(id);
    if (dropped === undefined) return 'no letter';
    tell(`dropped ${letterName(dropped)}: ${listed(dropped).reason}`);
    return 'dropped';
  });

type Deal = (letters: DeadLetters, letter: DeadLetter) => Promise<ReplayOutcome | 'dropped'>;

const dealWith = async ({ id, all = false, ...options }: WhichLetters, deal: Deal): Promise<boolean> => {
  if ((id === undefined) !== all) throw new Failure("give a letter's id, or --all");
  return withLetters(options, async (letters) => {
    if (id !== undefined) {
      const outcome = await deal(letters, (await letters.open(idOf(id))) ?? unknownLetter(id));
      return outcome === 'no letter' ? unknownLetter(id) : outcome !== 'no consumer';
    }
    let complete = true;
    // One that is gone meanwhile was dealt with by somebody else.
    for (const letter of await letters.list()) {
      if ((await deal(letters, letter)) === 'no consumer') complete = false;
    }
    return complete;
  });
};

const idOf = (id: string): number => {
  if (!/^[1-9]\d{0,14}$/.test(id)) unknownLetter(id);
  return Number(id);
};

const unknownLetter = (id: string): never => {
  throw new Failure(`there is no dead letter ${id} (./claw dead-letters list shows what there is)`);
};

const withLetters = async <Result>(
  { data }: DataOption,
  work: (letters: DeadLetters) => Promise<Result>,
): Promise<Result> => {
  const { nats: url } = await requireRun(dataFolder(data));
  const nats = connectNats({ url, name: 'launcher' });
  try {
    await nats.up(connectDeadlineMs);
    return await work(new DeadLetters(nats));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `the dead letters are out of reach: ${oneLine(error)} (./claw status shows what is up)`,
    );
  } finally {
    await nats.close();
  }
};

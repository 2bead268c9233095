import { join } from 'node:path';
import { systemClock as clock } from '@claw/kernel';
import { AttachmentFiles } from './attachments/attachment-files';
import { AttachmentRecord, Attachments } from './attachments/attachments';
import { BehaviourSetting } from './behaviour/behaviour.schema';
import { Behaviours } from './behaviour/behaviours';
import { LineRecord } from './model/line';
import { Groups } from './network/groups';
import { Happenings } from './network/happenings';
import { Ledger } from './network/ledger';
import { Lines } from './network/lines';
import { Network } from './network/network';
import { Reactions } from './network/reactions';
import { Reading } from './network/reading';
import { Schedule } from './network/schedule';
import { Typing } from './network/typing';
import type { Engine } from './store/engine';
import { Table } from './store/table';

/** What the carrier is made of, behind its APIs. */
export interface CarrierParts {
  readonly attachments: Attachments;
  readonly behaviours: Behaviours;
  readonly groups: Groups;
  readonly happenings: Happenings;
  readonly ledger: Ledger;
  readonly lines: Lines;
  readonly network: Network;
  readonly reactions: Reactions;
  readonly reading: Reading;
  readonly schedule: Schedule;
  readonly typing: Typing;
  /** Resolves when all that was done so far is on disk. */
  readonly durable: () => Promise<void>;
}

interface Options {
  readonly engine: Engine;
  /** Where files are kept. */
  readonly folder: string;
  /** The simulator's own address, known once it listens. */
  readonly url: () => string;
  readonly rateLimited: boolean;
}

/** Puts the parts together; what was under way isn't taken up yet. */
export const carrierParts = ({ engine, folder, url, rateLimited }: Options): CarrierParts => {
  const behaviours = new Behaviours(new Table(engine, 'behaviours', BehaviourSetting));
  const ledger = new Ledger(engine);
  const happenings = new Happenings();
  const schedule = new Schedule();
  const lines = new Lines({ lines: new Table(engine, 'lines', LineRecord), happenings, clock });
  const typing = new Typing({ happenings, schedule, clock });
  return {
    attachments: new Attachments({
      records: new Table(engine, 'attachments', AttachmentRecord),
      files: new AttachmentFiles(join(folder, 'attachments')),
      clock,
      url,
    }),
    behaviours,
    groups: new Groups({ ledger, behaviours, happenings, clock }),
    happenings,
    ledger,
    lines,
    network: new Network({ ledger, behaviours, happenings, lines, schedule, typing, clock, rateLimited }),
    reactions: new Reactions({ ledger, happenings, clock }),
    reading: new Reading({ ledger, happenings, clock }),
    schedule,
    typing,
    durable: () => engine.durable(),
  };
};

/** Forgets everything: chats, messages, files, the standing of lines, and behaviour. */
export const resetParts = async (parts: CarrierParts): Promise<void> => {
  const { attachments, behaviours, lines, network } = parts;
  network.reset();
  lines.reset();
  behaviours.reset();
  await attachments.reset();
};

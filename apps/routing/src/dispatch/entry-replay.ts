import { outboundEntrySchema, partitionOf, streams, subjects } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import {
  consumeReplays,
  type Consumer,
  done,
  faultOf,
  invalid,
  type Log,
  NatsLink,
  type Outcome,
  reasonOf,
  type ReceivedMessage,
} from '@claw/messaging';
import type { Msg } from 'nats';
import { z } from 'zod';
import type { Placed } from '../ledger/outbound-intake';

/** Under which name the intake gives up on entries of OUTBOUND and takes them back. */
export const intake = { stream: streams.outbound.name, consumer: 'intake' } as const;

export const notAnEntry = 'not an outbound entry';

const placedSchema = z.object({ seq: z.number().int().min(1), entry: outboundEntrySchema });
const answerSchema = z.object({ taken: z.boolean() });
const askMs = 5_000;

/** The entry that a stored message is; undefined where it can't be read. */
export const entryIn = (stored: { json(): unknown }) => {
  try {
    return outboundEntrySchema.safeParse(stored.json()).data;
  } catch {
    return undefined;
  }
};

/**
 * Takes what is put back of OUTBOUND to the replica that owns its partition, as nobody else may write there: in any
 * replica, and until an owner has it in the ledger.
 */
export class EntryReplay {
  private consumer: Consumer | undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly log: Log,
  ) {}

  start(): void {
    this.consumer ??= consumeReplays(this.nats, {
      stream: intake.stream,
      durable: intake.consumer,
      concurrency: 1,
      ackWaitMs: 10_000,
      maxDeliver: 5,
      deadSubject: subjects.dead(intake.stream),
      logger: this.log,
      handle: (message) => this.handle(message),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  private async handle(message: ReceivedMessage): Promise<Outcome> {
    const entry = entryIn(message);
    if (entry === undefined) return invalid(notAnEntry);
    const partition = partitionOf(entry.kind === 'reaction' ? entry.messageId : entry.chatId);
    if (!(await this.ask(partition, { seq: message.sequence, entry }))) {
      throw new Unavailable(`the owner of partition ${partition}`);
    }
    return done();
  }

  private async ask(partition: number, placed: Placed): Promise<boolean> {
    const { connection } = this.nats.now();
    try {
      const subject = subjects.partitionOwner(partition);
      const answer = await connection.request(subject, JSON.stringify(placed), { timeout: askMs });
      return answerSchema.parse(answer.json()).taken;
    } catch (error) {
      throw faultOf(`the owner of partition ${partition}`, error);
    }
  }
}

/**
 * Answers for a partition, as its owner, until the answer is called or the connection ends. What `take` refuses or
 * fails at is asked for again, here or of another owner.
 */
export const answerReplays = (
  nats: NatsLink,
  partition: number,
  log: Log,
  take: (placed: Placed) => Promise<boolean>,
): (() => void) => {
  const answer = async (message: Msg): Promise<void> => {
    let taken = false;
    try {
      taken = await take(placedSchema.parse(message.json()));
    } catch (error) {
      log.warn({ partition, reason: reasonOf(error) }, 'an entry that is put back waits');
    }
    try {
      message.respond(JSON.stringify({ taken }));
    } catch (error) {
      log.warn({ partition, reason: reasonOf(error) }, 'who puts an entry back got no answer');
    }
  };
  const subscription = nats.now().connection.subscribe(subjects.partitionOwner(partition), {
    callback: (error, message) => {
      if (error === null) void answer(message);
    },
  });
  return () => subscription.unsubscribe();
};

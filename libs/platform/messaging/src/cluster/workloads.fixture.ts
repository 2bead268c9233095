import { Unavailable } from '@claw/kernel';
import { randomName } from '@claw/testing';
import { z } from 'zod';
import { KvBucket } from '../buckets/kv-bucket';
import type { NatsLink } from '../connection/nats-link';
import { consume, type Consumer } from '../consume/consumer';
import { done } from '../consume/outcome';
import { LeaseManager } from '../leases/lease-manager';
import { withLease } from '../leases/with-lease';
import { pause } from '../pause';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { type LogEntry, LogPublisher } from '../publish/log-publisher';

/** What every workload is given: who it is, its way to NATS, whom to tell of what it got done, and when to end. */
export interface Worker {
  readonly name: string;
  readonly link: NatsLink;
  readonly tell: () => void;
  readonly signal: AbortSignal;
}

export type Answer = 'stored' | 'refused' | 'unknown';

/** Publishes numbers, each once, and notes what it was answered. */
export const publishNumbers = async (
  { link, tell, signal }: Worker,
  subject: string,
  nextNumber: () => number,
  answers: Map<number, Answer>,
): Promise<void> => {
  const publisher = new JetStreamPublisher(link);
  while (!signal.aborted) {
    const n = nextNumber();
    try {
      await publisher.publish(subject, { n });
      answers.set(n, 'stored');
      tell();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      answers.set(n, error.outcomeUnknown ? 'unknown' : 'refused');
    }
    await pause(10, signal);
  }
};

/** Handles a stream of numbers, and notes each as often as it is handled. */
export const handleNumbers = ({ name, link, tell }: Worker, stream: string, handled: number[]): Consumer =>
  consume(link, {
    stream,
    durable: name,
    concurrency: 10,
    ackWaitMs: 2_000,
    maxDeliver: 3,
    deadSubject: `dead.${stream}`,
    handle: async (message) => {
      handled.push((message.json() as { n: number }).n);
      tell();
      return done();
    },
  });

/** Who is at work under one lease. */
export class Shift {
  readonly epochs: number[] = [];
  /** The most that were ever at work at the same time. */
  most = 0;
  private atWork = 0;

  work(
    { name, link, tell, signal }: Worker,
    { bucket, ttlMs }: { readonly bucket: string; readonly ttlMs: number },
  ): Promise<void> {
    const leases = new LeaseManager(link, { bucket, ttlMs });
    return withLease(leases, { name: 'shift', owner: name, signal }, async (ending, { epoch }) => {
      this.atWork += 1;
      this.most = Math.max(this.most, this.atWork);
      this.epochs.push(epoch);
      while (!ending.aborted) {
        tell();
        await pause(20, ending);
      }
      this.atWork -= 1;
    });
  }
}

export const numberSchema = z.object({ n: z.number() });

/** Counts a key up, and notes what was last acknowledged. */
export const countUp = async (
  { link, tell, signal }: Worker,
  bucket: string,
  key: string,
  acknowledged: Map<string, number>,
): Promise<void> => {
  const kv = new KvBucket(link, bucket, numberSchema);
  for (let n = 1; !signal.aborted; n += 1) {
    try {
      await kv.put(key, { n });
      acknowledged.set(key, n);
      tell();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    await pause(20, signal);
  }
};

/** Publishes a log that grows, from wherever it was. */
export const publishLog = async (
  { link, tell, signal }: Worker,
  stream: string,
  log: number[],
): Promise<void> => {
  const source = async function* (
    position: string | undefined,
    ending: AbortSignal,
  ): AsyncGenerator<LogEntry> {
    for (let at = position === undefined ? 0 : Number(position) + 1; !ending.aborted;) {
      if (at >= log.length) await pause(5, ending);
      else {
        const payload = { n: log[at] };
        yield { position: String(at), subject: `${stream}.x`, payload, msgId: randomName('entry') };
        tell();
        at += 1;
      }
    }
  };
  const grow = async (): Promise<void> => {
    while (!signal.aborted) {
      log.push(log.length);
      await pause(20, signal);
    }
  };
  await Promise.all([grow(), new LogPublisher(link, { stream, source }).run(signal)]);
};

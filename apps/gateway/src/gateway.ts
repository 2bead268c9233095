import { buckets, closeCodes, limitsFactor } from '@claw/contracts';
import { newId, withDeadline } from '@claw/kernel';
import {
  JetStreamPublisher,
  KvBucket,
  LeaseManager,
  type Log,
  type NatsLink,
  reasonOf,
  ServiceClient,
} from '@claw/messaging';
import type { NowMs } from './clock';
import type { GatewayConfig } from './config';
import { FeedStream } from './feed/feed-stream';
import { Turnstile } from './feed/turnstile';
import { AdmitAgent } from './opening/admit-agent';
import { SocketServer } from './opening/socket-server';
import { OutboundLog } from './outbound/outbound-log';
import { Ownership } from './ownership/ownership';
import { PeerAnswers } from './ownership/peer-answers';
import { Upkeep } from './ownership/upkeep';
import { Peers } from './peers/peers';
import { ProcessLease } from './peers/process-lease';
import { Projections } from './projections/projections';
import { quotaRecordSchema } from './quota/quota-record';
import { RebuildQuotaHandler } from './quota/rebuild-quota.handler';
import { UsageQuery } from './quota/usage.query';
import { AcceptReaction } from './sending/accept-reaction';
import { AcceptSend } from './sending/accept-send';
import { AdmitSend } from './sending/admit-send';
import { ChatRegister } from './sending/chat-register';
import { FactFinder } from './sending/fact-finder';
import { IdempotencyKeys } from './sending/idempotency-keys';
import { idempotencyRecordSchema } from './sending/idempotency-record';
import { SendDoor } from './sending/send-door';
import { LiveSockets } from './session/live-sockets';
import { reconnectAfterMs } from './session/reconnect-after';
import { SignalDoor } from './signals/signal-door';
import { Sessions } from './session/sessions';
import { defaultTimings, type Timings } from './timings';

/** Feeds that are looked through at the same time after an outage. */
const mostFeedLooks = 50;

/** The parts of a gateway process, put together. */
export class Gateway {
  readonly projections: Projections;
  readonly sockets: SocketServer;
  readonly sends: SendDoor;
  readonly usage: UsageQuery;
  readonly rebuildQuota: RebuildQuotaHandler;
  readonly lease: ProcessLease;
  private readonly sessions: Sessions;
  private stopCalls: () => Promise<void> = () => Promise.resolve();
  private readonly ownership: Ownership;
  private readonly upkeep: Upkeep;
  private readonly peers: Peers;

  constructor(
    config: Pick<GatewayConfig, 'INSTANCE' | 'LIMITS'>,
    nats: NatsLink,
    private readonly logger: Log,
    private readonly timings: Timings = defaultTimings,
    nowMs: NowMs = Date.now,
  ) {
    // Of this process alone: one that is started again under the same name is another owner.
    const process = `${config.INSTANCE}-${newId()}`;
    const { name: bucket, ttlMs } = buckets.leases;
    const projections = new Projections(nats, logger);
    const facts = new FactFinder(projections, config.LIMITS);
    const outbound = new OutboundLog(nats);
    const quotas = new KvBucket(nats, buckets.quota.name, quotaRecordSchema);
    const idempotency = new IdempotencyKeys(
      new KvBucket(nats, buckets.idempotency.name, idempotencyRecordSchema),
      outbound,
    );
    const live = new LiveSockets();
    const lease = new ProcessLease(new LeaseManager(nats, { bucket, ttlMs, logger }), process, logger);
    const peers = new Peers(nats, process, logger);
    const ownership = new Ownership({ bucket: quotas, outbound, peers, lease, facts, timings, nowMs });
    const upkeep = new Upkeep(ownership, live, timings, nowMs, logger);
    const mayOwn = () => lease.held();
    const publisher = new JetStreamPublisher(nats);
    const accept = new AcceptSend({
      admit: new AdmitSend({ facts, idempotency, mayAccept: mayOwn, timings, nowMs }),
      publisher,
      outbound,
      idempotency,
      chats: new ChatRegister(projections, logger),
      timings,
      nowMs,
      logger,
    });
    const peerAnswers = new PeerAnswers(ownership, live, accept, upkeep, nowMs);
    peers.answerWith((request) => peerAnswers.answer(request));

    this.projections = projections;
    this.lease = lease;
    this.peers = peers;
    this.ownership = ownership;
    this.upkeep = upkeep;
    this.sends = new SendDoor(ownership, accept, peers, timings);
    this.usage = new UsageQuery({
      ownership,
      upkeep,
      sockets: live,
      peers,
      bucket: quotas,
      outbound,
      timings,
      nowMs,
    });
    this.rebuildQuota = new RebuildQuotaHandler({
      nats,
      bucket: quotas,
      outbound,
      ownership,
      upkeep,
      peers,
      timings,
      nowMs,
    });
    this.sessions = new Sessions({ projections, facts, sockets: live, mayOwn, timings, nowMs, logger });
    this.sockets = new SocketServer({
      projections,
      facts,
      admitAgent: new AdmitAgent({
        ownership,
        upkeep,
        sockets: live,
        feed: { stream: new FeedStream(nats), turnstile: new Turnstile(mostFeedLooks), logger },
        mode: config.LIMITS,
        nowMs,
      }),
      sessions: this.sessions,
      session: {
        sends: accept,
        reactions: new AcceptReaction({ facts, publisher, mayAccept: mayOwn, timings, nowMs }),
        signals: { door: new SignalDoor({ facts, calls: new ServiceClient(nats), logger }), timings, logger },
        ownership,
        timings,
        nowMs,
        limitsFactor: limitsFactor(config.LIMITS),
        logger,
      },
      timings,
      logger,
    });
  }

  /** What ends the other services' calls: first of all, so that another gateway gets them. */
  endCallsWith(stopCalls: () => Promise<void>): void {
    this.stopCalls = stopCalls;
  }

  /**
   * Ends in order: no new sockets and calls, every agent told when to come back, what is under way answered, every subaccount
   * given back settled, sockets closed.
   */
  async stop(): Promise<void> {
    this.sockets.stop();
    await this.step('ending the calls at work', this.timings.peer, this.stopCalls());
    const sessions = this.sessions.all;
    for (const session of sessions) session.drain(reconnectAfterMs(sessions.length, Math.random()));
    await this.step('giving the subaccounts back', this.timings.publish * 2, this.ownership.stop());
    const closed = sessions.map((session) => session.closed);
    for (const session of sessions) session.close(closeCodes.restarting, 'restarting');
    await this.step('closing the sockets', this.timings.closing * 2, Promise.all(closed));
    this.sessions.stop();
    this.upkeep.stop();
    this.peers.stop();
    await this.step('giving the lease back', this.timings.peer, this.lease.stop());
    await this.step('ending the projections', this.timings.peer, this.projections.stop());
  }

  /** A step that takes too long keeps the next ones from nothing. */
  private async step(what: string, ms: number, work: Promise<unknown>): Promise<void> {
    await withDeadline(what, ms, work).catch((error: unknown) =>
      this.logger.warn({ reason: reasonOf(error) }, 'stopping goes on without it'),
    );
  }
}

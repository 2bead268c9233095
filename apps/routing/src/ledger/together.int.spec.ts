import { randomUUID } from 'node:crypto';
import { e164Schema, type OutboundMessage } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { Postgres } from '@claw/postgres';
import { withPostgres } from '@claw/testing';
import { Database } from '../database/database';
import { migrations } from '../migrations';
import { DeliveryLedger, type DeliveryReport, type Moved } from './delivery-ledger';
import { InboundLedger, type InboundMessage, type Kept } from './inbound-ledger';
import { OutboundIntake } from './outbound-intake';
import { OutboundLedger } from './outbound-ledger';
import { PartitionTable, type TakenPartition } from './partition-table';

const from = e164Schema.parse('+15005550146');
const phone = e164Schema.parse('+15551234567');
const now = instant('2026-11-25T12:00:00Z');

/** Everything that is asked for at once goes in one statement; what is asked for first goes alone. */
describe('the ledger, asked for much at once,', () => {
  const server = withPostgres();
  let postgres: Postgres;
  let outbound: OutboundLedger;
  let deliveries: DeliveryLedger;
  let inbound: InboundLedger;
  let intake: OutboundIntake;
  let table: PartitionTable;
  let seq = 0;

  beforeAll(async () => {
    const quiet = { info: () => undefined, warn: () => undefined };
    postgres = new Postgres({ url: server.url, schema: 'routing', entities: [], migrations }, quiet);
    await postgres.opened(30_000);
    const database = new Database(postgres, 5);
    outbound = new OutboundLedger(database);
    deliveries = new DeliveryLedger(database);
    inbound = new InboundLedger(database);
    intake = new OutboundIntake(database);
    table = new PartitionTable(database);
  }, 60_000);
  afterAll(() => postgres.close());

  const own = async (partition: number, me = randomUUID()): Promise<TakenPartition> => {
    await table.keepOnly(me, []);
    const [taken] = await table.take(me, [partition], []);
    if (taken === undefined) throw new Error('not taken');
    return taken;
  };
  /** As many messages, each in a chat of its own, waiting in the partition. */
  const accepted = async (owned: TakenPartition, count: number): Promise<readonly OutboundMessage[]> => {
    const subaccountId = randomUUID();
    const entries = Array.from({ length: count }, (): OutboundMessage => ({
      kind: 'message',
      messageId: randomUUID(),
      clientId: 'id',
      chatId: randomUUID(),
      agencyId: randomUUID(),
      subaccountId,
      from,
      to: [phone],
      claimRevision: 0,
      parts: [{ type: 'text', value: 'Hello' }],
      service: null,
      effect: null,
      replyTo: null,
      acceptedAt: now,
    }));
    const placed = entries.map((entry) => ({ seq: (seq += 1), entry }));
    expect(await intake.takeIn(owned, placed, seq)).toBe(true);
    return entries;
  };
  const receiptOf = ({ messageId }: OutboundMessage) => ({
    carrierMessageId: `carrier ${messageId}`,
    carrierChatId: randomUUID(),
    service: null,
  });
  const handOver = (message: OutboundMessage) =>
    outbound.handOver({ messageId: message.messageId, carrierChatId: null }, receiptOf(message), now);

  it('answers each chat with its own next message, and one that has none with none', async () => {
    const owned = await own(0);
    const messages = await accepted(owned, 20);
    const chats = [...messages.map(({ chatId }) => chatId), randomUUID()];
    const next = await Promise.all(chats.map((chatId) => outbound.next(0, chatId)));
    expect(next.map((message) => message?.messageId)).toEqual([
      ...messages.map(({ messageId }) => messageId),
      undefined,
    ]);
  });

  it('counts each attempt, except where the message waits no more or the partition has another owner', async () => {
    const [mine, lost] = [await own(1), await own(2)];
    const [waiting, handedOver] = await Promise.all([accepted(mine, 10), accepted(mine, 3)]);
    const others = await accepted(lost, 3);
    await Promise.all(handedOver.map(handOver));
    await own(2);
    const count = (owned: TakenPartition) => (message: OutboundMessage) =>
      outbound.countAttempt(owned, message.messageId, now);
    const counted = await Promise.all([
      ...waiting.map(count(mine)),
      ...handedOver.map(count(mine)),
      ...others.map(count(lost)),
    ]);
    expect(counted).toEqual([
      ...Array<number>(10).fill(1),
      ...Array<string>(3).fill('gone'),
      ...Array<string>(3).fill('lost'),
    ]);
    expect(await Promise.all(waiting.map(count(mine)))).toEqual(Array(10).fill(2));
  });

  it('folds what is said of one message in the order it is said, and announces it in that order', async () => {
    const messages = await accepted(await own(3), 5);
    await Promise.all(messages.map(handOver));
    const announced: Moved[] = [];
    // The first of each takes longest: who doesn't wait for it comes before it.
    const announce = async (moved: Moved) => {
      if (moved.state === 'sent') for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      announced.push(moved);
    };
    const report = (message: OutboundMessage, state: DeliveryReport['state'], service?: string) =>
      deliveries.report(
        { carrierMessageId: `carrier ${message.messageId}` },
        { state, at: now, ...(service !== undefined && { service }) },
        announce,
      );
    const outcomes = await Promise.all(
      messages.map((message) =>
        Promise.all([
          report(message, 'sent', 'SMS'),
          report(message, 'read'),
          report(message, 'delivered'),
          report(message, 'sent'),
        ]),
      ),
    );
    expect(outcomes).toEqual(messages.map(() => ['moved', 'moved', 'unmoved', 'unmoved']));
    for (const { messageId } of messages) {
      expect(announced.filter((moved) => moved.messageId === messageId)).toMatchObject([
        { state: 'sent', service: 'SMS' },
        { state: 'read', service: 'SMS' },
      ]);
    }
    const stamps = await postgres.run((sql) =>
      sql.query(
        'SELECT status FROM routing.messages WHERE message_id = ANY($1) AND delivered_at IS NOT NULL',
        [messages.map(({ messageId }) => messageId)],
      ),
    );
    expect(stamps).toEqual(messages.map(() => ({ status: 'read' })));
  });

  it('refuses only the report that can’t be written', async () => {
    const [taken, bad, ...good] = await accepted(await own(4), 8);
    if (taken === undefined || bad === undefined) throw new Error('too few');
    await handOver(taken);
    const sent = (message: OutboundMessage, carrierId: string) =>
      deliveries.report(
        { messageId: message.messageId },
        { state: 'sent', at: now, carrier: { messageId: carrierId, chatId: null } },
        async () => undefined,
      );
    const [refused, ...others] = await Promise.allSettled([
      sent(bad, `carrier ${taken.messageId}`),
      ...good.map((message) => sent(message, randomUUID())),
    ]);
    expect(refused?.status).toBe('rejected');
    expect(others).toEqual(good.map(() => ({ status: 'fulfilled', value: 'moved' })));
  });

  it('keeps each message that comes in once, with the message of ours that it is a reply to', async () => {
    const [ours] = await accepted(await own(6), 1);
    if (ours === undefined) throw new Error('too few');
    await handOver(ours);
    const arrivals = Array.from({ length: 10 }, (_, index): InboundMessage => ({
      messageId: randomUUID(),
      agencyId: ours.agencyId,
      subaccountId: ours.subaccountId,
      chatId: randomUUID(),
      claimRevision: 0,
      isGroup: false,
      from: phone,
      to: from,
      parts: [{ type: 'text', value: 'it’s “quoted” \\' }],
      text: 'it’s “quoted” \\',
      service: 'SMS',
      carrierChatId: randomUUID(),
      repliesTo: index === 0 ? `carrier ${ours.messageId}` : null,
      sentAt: now,
      receivedAt: now,
    }));
    const announced: Kept[] = [];
    const arrive = (message: InboundMessage) =>
      inbound.receive(message, async (kept) => void announced.push(kept));
    expect(await Promise.all([...arrivals, ...arrivals].map(arrive))).toEqual([
      ...Array<boolean>(10).fill(true),
      ...Array<boolean>(10).fill(false),
    ]);
    expect(announced).toHaveLength(10);
    expect(announced).toContainEqual({ replyTo: ours.messageId });
    const rows: unknown = await postgres.run((sql) =>
      sql.query(
        `SELECT m.text, m.recipients, m.parts, c.carrier_chat_id = m.carrier_chat_id AS tied
         FROM routing.messages m JOIN routing.chats c USING (chat_id) WHERE message_id = ANY($1)`,
        [arrivals.map(({ messageId }) => messageId)],
      ),
    );
    const row = { text: arrivals[0]?.text, recipients: [from], parts: arrivals[0]?.parts, tied: true };
    expect(rows).toEqual(Array(10).fill(row));
  });

  it('notes each message’s hand-over, and its chat’s', async () => {
    const messages = await accepted(await own(5), 10);
    await Promise.all(messages.map(handOver));
    const rows: unknown = await postgres.run((sql) =>
      sql.query(
        `SELECT m.message_id, m.carrier_message_id, m.carrier_chat_id = c.carrier_chat_id AS same
         FROM routing.messages m JOIN routing.chats c USING (chat_id) WHERE message_id = ANY($1)`,
        [messages.map(({ messageId }) => messageId)],
      ),
    );
    expect(rows).toEqual(
      expect.arrayContaining(
        messages.map(({ messageId }) => ({
          message_id: messageId,
          carrier_message_id: `carrier ${messageId}`,
          same: true,
        })),
      ),
    );
  });
});
